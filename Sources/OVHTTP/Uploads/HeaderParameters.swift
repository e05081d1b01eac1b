// SPDX-License-Identifier: Apache-2.0

/// A header with parameters: `form-data; name="file"; filename="a.md"` (RFC 9110 §5.6.6).
struct HeaderParameters: Hashable, Sendable {
    /// What stands before the first semicolon, in lower case.
    let value: String
    private var parameters: [String: String] = [:]

    init(_ text: String) {
        var rest = text.unicodeScalars[...]
        value = String(String.UnicodeScalarView(rest.prefix { $0 != ";" })).trimmed.lowercased()
        rest = rest.drop { $0 != ";" }
        while rest.first == ";" {
            rest = rest.dropFirst()
            let name = String(String.UnicodeScalarView(rest.prefix { $0 != "=" && $0 != ";" })).trimmed.lowercased()
            rest = rest.drop { $0 != "=" && $0 != ";" }
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst().drop { $0 == " " || $0 == "\t" }
            let value = rest.first == "\"" ? Self.quoted(&rest) : Self.plain(&rest)
            if parameters[name] == nil, !name.isEmpty { parameters[name] = value }
        }
    }

    subscript(name: String) -> String? { parameters[name] }

    private static func plain(_ rest: inout Substring.UnicodeScalarView) -> String {
        let value = rest.prefix { $0 != ";" }
        rest = rest[value.endIndex...]
        return String(String.UnicodeScalarView(value)).trimmed
    }

    private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String {
        var value = String.UnicodeScalarView()
        rest = rest.dropFirst()
        while let scalar = rest.popFirst(), scalar != "\"" {
            // Only a quotation mark and a backslash are ever escaped: old browsers send Windows paths as they are.
            if scalar == "\\", let next = rest.first, next == "\"" || next == "\\" {
                value.append(next)
                rest = rest.dropFirst()
            } else {
                value.append(scalar)
            }
        }
        rest = rest.drop { $0 != ";" }
        return String(value)
    }
}

extension String {
    /// Without blanks at both ends.
    fileprivate var trimmed: String {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first == " " || first == "\t" { scalars = scalars.dropFirst() }
        while let last = scalars.last, last == " " || last == "\t" { scalars = scalars.dropLast() }
        return String(String.UnicodeScalarView(scalars))
    }
}
