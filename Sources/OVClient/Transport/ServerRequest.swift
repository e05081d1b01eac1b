// SPDX-License-Identifier: Apache-2.0

internal import NIOHTTP1
internal import OVCore

/// What a server is asked.
struct ServerRequest: Sendable {
    enum Body: Sendable {
        case none
        case json([UInt8])
        /// A form that is sent as it is read.
        case form(MultipartUpload)
    }

    let method: Method
    let target: String
    var body = Body.none
    /// How long the whole exchange may take; nil for as long as it does.
    var timeout: Milliseconds? = .seconds(60)

    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// - Parameter query: values that are nil are left out.
    init(_ method: Method, _ path: String, query: KeyValuePairs<String, String?> = [:]) {
        self.method = method
        let pairs = query.compactMap { name, value in value.map { "\(name)=\(PercentEncoding.encode($0))" } }
        target = pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }

    static func get(_ path: String, query: KeyValuePairs<String, String?> = [:]) -> ServerRequest {
        ServerRequest(.get, path, query: query)
    }

    /// With an object as its body.
    func with(_ members: (inout JSONWriter) -> Void) -> ServerRequest {
        var json = JSONWriter()
        json.object(members)
        var request = self
        request.body = .json(json.bytes)
        return request
    }

    func within(_ timeout: Milliseconds?) -> ServerRequest {
        var request = self
        request.timeout = timeout
        return request
    }

    /// Whether asking twice is the same as asking once.
    var isSafe: Bool { method == .get }
}

/// What a server answered, complete.
struct ServerAnswer: Sendable {
    let status: Int
    let headers: HTTPHeaders
    let body: [UInt8]

    func header(_ name: String) -> String? { headers.first(name: name) }

    func time(_ name: String) -> Timestamp? { header(name).flatMap { Timestamp($0) } }
}
