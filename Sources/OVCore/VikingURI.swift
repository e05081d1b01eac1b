// SPDX-License-Identifier: Apache-2.0

@_spi(_Unicode) import Swift

/// The address of a document, a resource or a folder above resources: `viking://resources/docs/guide.md`.
///
/// A value of this type is canonical: one spelling per place, so that equality of text is equality of address. Text
/// is kept in Unicode normal form C; there is no percent-encoding inside.
package struct VikingURI: Hashable, Sendable {
    /// What part of the tree an address lies in.
    package enum Scope: Hashable, Sendable {
        /// Above everything that can be owned: `viking://`, `viking://user`, `viking://user/ada`.
        case container
        /// `viking://resources` and below: shared in the account.
        case shared
        /// `viking://user/<id>/resources` and below.
        case user(String)
    }

    package static let maximumByteCount = 2048
    package static let scheme = "viking://"

    /// The canonical text, without a trailing slash except for the root `viking://`.
    package let text: String
    package let scope: Scope

    private init(text: String, scope: Scope) {
        self.text = text
        self.scope = scope
    }

    package static let root = VikingURI(text: scheme, scope: .container)
    package static let resources = VikingURI(text: "viking://resources", scope: .shared)

    /// Reads an address that a caller wrote.
    /// - Parameter user: the caller's user, to whom `viking://~/…` expands.
    /// - Throws: `INVALID_URI` with the reason.
    package init(parsing text: String, user: String) throws(OVError) {
        guard text.hasPrefix(Self.scheme) else { throw Self.wrongScheme(text) }
        try Self.checkText(text)
        // Plain ASCII is normal as it stands; that is nearly every address, and a state has many.
        let normal = text.utf8.allSatisfy { $0 < 128 } ? text : String(String.UnicodeScalarView(text._nfc))
        guard normal.utf8.count <= Self.maximumByteCount else {
            throw Self.invalid("it is longer than \(Self.maximumByteCount) bytes")
        }
        var rest = normal.dropFirst(Self.scheme.count)
        if rest.last == "/" { rest.removeLast() }
        var segments = rest.isEmpty ? [] : rest.split(separator: "/", omittingEmptySubsequences: false)
        if segments.first == "~" {
            guard !user.isEmpty, !user.contains("/") else { throw Self.invalid("'~' needs a caller with a user id") }
            segments.replaceSubrange(0..<1, with: ["user", Substring(user)])
        }
        for segment in segments { try Self.check(segment) }
        self.init(
            text: Self.scheme + segments.joined(separator: "/"),
            scope: try Self.scope(of: segments.map(String.init)))
    }

    /// Restores an address from the canonical text that this type wrote; nil for any other text.
    package init?(canonical text: String) {
        guard let uri = try? VikingURI(parsing: text, user: ""), uri.text.utf8.elementsEqual(text.utf8) else {
            return nil
        }
        self = uri
    }

    // The scope follows from the text, so equality and hashing need not look at it.

    package static func == (left: VikingURI, right: VikingURI) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    private static func scope(of segments: [String]) throws(OVError) -> Scope {
        switch segments.first {
        case nil: return .container
        case "resources": return .shared
        case "user":
            if segments.count < 3 { return .container }
            guard segments[2] == "resources" else {
                throw invalid(
                    "below viking://user/\(segments[1])/ there is only resources/",
                    hint: "write viking://user/\(segments[1])/resources/…")
            }
            return .user(segments[1])
        case let first?:
            throw invalid(
                "there is no '\(first)' at the top of the tree",
                hint: "write viking://resources/… or viking://~/resources/…")
        }
    }
}

// MARK: - Rules

extension VikingURI {
    private static func invalid(_ reason: String, hint: String? = nil) -> OVError {
        OVError(.invalidURI, "not a valid viking:// URI: \(reason)", hint: hint)
    }

    private static func wrongScheme(_ text: String) -> OVError {
        let shown = String(text.prefix(120))
        guard let colon = shown.firstIndex(of: ":") else {
            return invalid("'\(shown)' has no scheme", hint: "write viking://resources/…")
        }
        if shown[..<colon].lowercased() == "viking" {
            let rest = shown[shown.index(after: colon)...].drop { $0 == "/" }
            return invalid(
                "the scheme of '\(shown)' must be spelled 'viking://', in lower case",
                hint: "write viking://\(rest)")
        }
        return invalid(
            "'\(shown)' has the scheme '\(shown[..<colon])'",
            hint: "a source (\(shown[..<colon]):…) is ingested with `ov ingest`; a target is written viking://resources/…")
    }

    private static func checkText(_ text: String) throws(OVError) {
        guard text.utf8.count <= 2 * maximumByteCount else {
            throw invalid("it is longer than \(maximumByteCount) bytes")
        }
        if text.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) { return }
        for scalar in text.unicodeScalars where scalar.properties.generalCategory == .control {
            let digits = String(scalar.value, radix: 16, uppercase: true)
            throw invalid("it has a control character (U+\(String(repeating: "0", count: 4 - digits.count))\(digits))")
        }
    }

    private static func check(_ segment: Substring) throws(OVError) {
        switch segment {
        case "": throw invalid("it has an empty segment ('//')")
        case ".", "..": throw invalid("it has a '\(segment)' segment")
        case "~": throw invalid("'~' can only be the first segment", hint: "write viking://~/resources/…")
        default: return
        }
    }

    /// Whether this text can be one segment of an address as it stands.
    package static func isSegment(_ text: String) -> Bool {
        !text.isEmpty && text != "." && text != ".." && text != "~"
            && !text.unicodeScalars.contains { $0 == "/" || $0.properties.generalCategory == .control }
    }
}

// MARK: - Structure

extension VikingURI {
    package var segments: [Substring] {
        text.dropFirst(Self.scheme.count).split(separator: "/")
    }

    /// The last segment; empty for the root.
    package var name: String { segments.last.map(String.init) ?? "" }

    /// The address one level up, nil for the root.
    package var parent: VikingURI? {
        guard self != .root else { return nil }
        let path = text.utf8.dropFirst(Self.scheme.utf8.count)
        guard let slash = path.lastIndex(of: 47) else { return .root }
        let above = String(text[..<slash])
        // What is above `…/resources` belongs to nobody.
        if case .user(let user) = scope, above.utf8.count > Self.scheme.utf8.count + "user/".utf8.count + user.utf8.count {
            return VikingURI(text: above, scope: scope)
        }
        return VikingURI(text: above, scope: scope == .shared ? .shared : .container)
    }

    /// Whether a resource can have its root here: something below `…/resources`.
    package var isTarget: Bool {
        switch scope {
        case .container: false
        case .shared: segments.count > 1
        case .user: segments.count > 3
        }
    }

    /// Whether this address is `ancestor` or lies below it.
    package func isWithin(_ ancestor: VikingURI) -> Bool { relativePath(to: ancestor) != nil }

    /// What follows `ancestor` in this address: empty for the same one, nil when it lies elsewhere.
    package func relativePath(to ancestor: VikingURI) -> String? {
        guard ancestor != .root else { return String(text.dropFirst(Self.scheme.count)) }
        guard text.utf8.starts(with: ancestor.text.utf8) else { return nil }
        let rest = text.utf8.dropFirst(ancestor.text.utf8.count)
        guard let first = rest.first else { return "" }
        return first == 47 ? String(rest.dropFirst()) : nil
    }

    /// The address of a document at `path`, which is relative to this one and canonical already.
    package func appending(path: String) -> VikingURI {
        guard !path.isEmpty else { return self }
        let joined = self == .root ? text + path : text + "/" + path
        // Below a scope the scope stays; only the few containers have to find out what they become.
        if scope == .container, let parsed = VikingURI(canonical: joined) { return parsed }
        return VikingURI(text: joined, scope: scope)
    }
}

extension VikingURI: CustomStringConvertible, JSONWritable, Comparable {
    package var description: String { text }
    package func write(to json: inout JSONWriter) { json.value(text) }

    /// By bytes of the text, in which a folder comes before what is below it.
    package static func < (left: VikingURI, right: VikingURI) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}
