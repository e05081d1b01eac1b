// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The one form that all addresses have.
struct ListTemplatesMethod: Method {
    static let name = "resources/templates/list"
    static let template = "viking://{+path}"

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        try call.params.checkOnlyPage()
        let template: JSONValue = [
            "uriTemplate": .string(Self.template), "name": "document", "title": "Document or folder",
            "description": "Any document by its path, for example resources/docs/guide.md; a folder is its contents.",
        ]
        return MethodResult([("resourceTemplates", [template])], caching: .fixed)
    }
}
