// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVCore

/// The OpenAPI document of all the other routes.
struct DocumentRoutes: RouteGroup {
    private let text: [UInt8]

    init(describing groups: [any RouteGroup]) {
        var json = JSONWriter()
        OpenAPIDocument(table: RouteTable(groups)).write(to: &json)
        text = json.bytes
    }

    var routes: [Route] {
        [
            Route(.get, "/openapi.json", "This document", answer: .other("application/json"), isOpen: true) { _ in
                Answer(.ok, [.contentType: "application/json"], .bytes(text))
            }
        ]
    }
}
