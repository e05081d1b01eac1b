// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The target of a request: its path in segments, and its query, both still encoded.
struct RequestTarget: Sendable {
    /// Without the empty one that a slash at the end makes.
    let segments: [Substring.UTF8View]
    let query: Substring.UTF8View

    init(_ text: String) {
        let bytes = text.utf8
        var start = bytes.startIndex
        // The absolute form, which proxies use: what is before the path says nothing that `Host` does not.
        if bytes.first != UInt8(ascii: "/"), let colon = text.firstRange(of: "://") {
            start = bytes[colon.upperBound...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        }
        let rest = bytes[start...].prefix { $0 != UInt8(ascii: "#") }
        let path = rest.prefix { $0 != UInt8(ascii: "?") }
        query = rest[path.endIndex...].dropFirst()
        var segments = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if segments.last?.isEmpty == true { segments.removeLast() }
        self.segments = segments
    }

    /// Reads the query against what a route takes.
    func values(of fields: [Field], into errors: inout FieldErrors) throws(OVError) -> FieldValues {
        var values = FieldValues()
        for pair in query.split(separator: UInt8(ascii: "&")) {
            let name = pair.prefix { $0 != UInt8(ascii: "=") }
            let text = PercentDecoding.decode(pair[name.endIndex...].dropFirst(), plusIsSpace: true)
            guard let name = PercentDecoding.decode(name, plusIsSpace: true) else {
                errors.add(["query"], "the query is not validly percent-encoded UTF-8", type: "encoding")
                continue
            }
            guard let field = fields.first(where: { $0.name == name }) else {
                errors.addUnknown("query", name, known: fields)
                continue
            }
            if case .ignored = field.kind { continue }
            guard let text else { throw Self.undecodable(field) }
            guard !values.has(name) else {
                errors.add(["query", name], "'\(name)' is given twice", type: "duplicate")
                continue
            }
            guard let value = field.kind.value(of: text) else {
                errors.addWrong("query", field)
                continue
            }
            values.set(name, value)
        }
        for field in fields where field.isRequired && !values.has(field.name) {
            errors.addMissing("query", field.name)
        }
        return values
    }

    private static func undecodable(_ field: Field) -> OVError {
        let message = "'\(field.name)' is not validly percent-encoded UTF-8"
        if case .uri = field.kind { return OVError(.invalidURI, "not a valid viking:// URI: \(message)") }
        return .invalidField(["query", field.name], message, type: "encoding")
    }
}
