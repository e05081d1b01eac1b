// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// One method of one path: what it takes, what it does, and what the OpenAPI document says of it.
struct Route: Sendable {
    enum Body: Sendable {
        /// One that is sent is ignored.
        case none
        case json([Field], isOptional: Bool = false)
        /// A form with a file in it, which the handler reads as it comes in.
        case upload
    }

    /// What an answer carries.
    enum Content: Sendable {
        /// The envelope with `result` of a schema of the document.
        case result(String)
        /// Something else of this media type.
        case other(String)
    }

    let method: HTTPRequest.Method
    let path: RoutePath
    let summary: String
    let query: [Field]
    let body: Body
    let answer: Content
    /// Whether it needs no key.
    let isOpen: Bool
    let handler: Handler

    typealias Handler = @Sendable (APIRequest) async throws -> Answer

    init(
        _ method: HTTPRequest.Method, _ path: StaticString, _ summary: String, query: [Field] = [],
        body: Body = .none, answer: Content, isOpen: Bool = false, _ handler: @escaping Handler
    ) {
        self.method = method
        self.path = RoutePath(path)
        self.summary = summary
        // Clients that measure themselves send it everywhere.
        self.query = query + Field.ignored("profile", "telemetry")
        self.body = body
        self.answer = answer
        self.isOpen = isOpen
        self.handler = handler
    }
}

/// Routes that belong together.
protocol RouteGroup: Sendable {
    var routes: [Route] { get }
}
