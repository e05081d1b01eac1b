// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What HTTP says of a message beside its body, where proxies can see it.
package struct MessageHeaders: Hashable, Sendable {
    package var protocolVersion: String?
    package var method: String?
    package var name: String?

    package init(protocolVersion: String? = nil, method: String? = nil, name: String? = nil) {
        self.protocolVersion = Self.trimmed(protocolVersion)
        self.method = Self.trimmed(method)
        self.name = Self.trimmed(name)
    }

    /// Whether the message belongs to the era in which it says everything itself.
    var isStateless: Bool {
        guard let version = protocolVersion.flatMap({ ProtocolVersion(rawValue: $0) }) else { return false }
        return !version.hasHandshake
    }

    /// Holds the headers against the body.
    /// - Throws: -32020.
    func check(_ request: IncomingRequest, _ meta: RequestMeta) throws(RPCError) {
        try check("MCP-Protocol-Version", protocolVersion, meta.protocolVersion?.string)
        try check("Mcp-Method", method, request.method)
        guard let parameter = Self.namingParameters[request.method] else { return }
        try check("Mcp-Name", name.map(Self.decoded), request.params[parameter]?.string)
    }

    private func check(_ header: String, _ value: String?, _ body: String?) throws(RPCError) {
        guard let value else { throw RPCError(RPCError.headerMismatchCode, "the header \(header) is missing") }
        guard let body, value.utf8.elementsEqual(body.utf8) else {
            throw RPCError(
                RPCError.headerMismatchCode, "the header \(header) says '\(value.shown)', and the body does not")
        }
    }

    /// What a message is about, by its method.
    private static let namingParameters = [
        "tools/call": "name", "prompts/get": "name", "resources/read": "uri", "tasks/get": "taskId",
        "tasks/update": "taskId", "tasks/cancel": "taskId",
    ]

    private static func trimmed(_ text: String?) -> String? {
        guard var text = text?[...] else { return nil }
        while let first = text.unicodeScalars.first, first == " " || first == "\t" { text.unicodeScalars.removeFirst() }
        while let last = text.unicodeScalars.last, last == " " || last == "\t" { text.unicodeScalars.removeLast() }
        return String(text)
    }

    /// Reads `=?base64?…?=`, by which headers carry what they otherwise cannot.
    private static func decoded(_ text: String) -> String {
        guard text.hasPrefix("=?base64?"), text.hasSuffix("?="), text.count >= 11,
            let bytes = Base64.decode(String(text.dropFirst(9).dropLast(2))),
            let decoded = String(validating: bytes, as: UTF8.self)
        else { return text }
        return decoded
    }
}
