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

    /// - Parameter text: canonical.
    private init(text: String) { self.text = text }

    package static let root = VikingURI(text: scheme)
    package static let resources = VikingURI(text: "viking://resources")

    package var scope: Scope {
        if text.utf8.starts(with: Self.resources.text.utf8) { return .shared }
        // A canonical text was found to have one.
        return (try? Self.scope(of: segments)) ?? .container
    }

    /// Reads an address that a caller wrote.
    ///
    /// All of it goes by bytes and scalars: to Swift a slash with a combining mark behind it is one character that is
    /// no slash, and `..` before such a one would pass for a name.
    /// - Parameter user: the caller's user, to whom `viking://~/…` expands.
    /// - Throws: `INVALID_URI` with the reason.
    package init(parsing text: String, user: String) throws(OVError) {
        guard text.utf8.starts(with: Self.scheme.utf8) else { throw Self.wrongScheme(text) }
        guard text.utf8.count <= 2 * Self.maximumByteCount else { throw Self.tooLong }
        let normal = try Self.normalized(try Self.expandingHome(text, user: user))
        var rest = normal.utf8.dropFirst(Self.scheme.utf8.count)
        if rest.last == 47 { rest.removeLast() }
        guard Self.scheme.utf8.count + rest.count <= Self.maximumByteCount else { throw Self.tooLong }
        let segments =
            rest.isEmpty ? [] : rest.split(separator: 47, omittingEmptySubsequences: false).map(Substring.init)
        for segment in segments { try Self.check(segment) }
        _ = try Self.scope(of: segments)
        self.init(text: Self.scheme + Substring(rest))
    }

    /// Restores an address from the canonical text that this type wrote; nil for any other text.
    package init?(canonical text: String) {
        if Self.isPlain(text) {
            self.init(text: text)
            return
        }
        guard let uri = try? VikingURI(parsing: text, user: ""), uri.text.utf8.elementsEqual(text.utf8) else {
            return nil
        }
        self = uri
    }

    /// Whether a text is what nearly all addresses in a state are: below `viking://resources/`, printable ASCII, no
    /// segment that could mean another. One pass over the bytes; anything that is not obvious is left to the parser.
    private static func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            let prefix: StaticString = "viking://resources/"
            guard bytes.count > prefix.utf8CodeUnitCount, bytes.count <= maximumByteCount else { return false }
            for index in 0..<prefix.utf8CodeUnitCount where bytes[index] != prefix.utf8Start[index] { return false }
            var segmentStart = prefix.utf8CodeUnitCount
            for index in segmentStart..<bytes.count {
                let byte = bytes[index]
                guard byte >= 32 && byte < 127 else { return false }
                guard byte == 47 else {
                    // Whatever begins like `.`, `..` or `~` is for the parser.
                    if index == segmentStart && (byte == 46 || byte == 126) { return false }
                    continue
                }
                guard index > segmentStart else { return false }
                segmentStart = index + 1
            }
            return segmentStart < bytes.count
        }
    }

    private static func scope(of segments: [Substring]) throws(OVError) -> Scope {
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
            return .user(String(segments[1]))
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

    private static var tooLong: OVError { invalid("it is longer than \(maximumByteCount) bytes") }

    private static func wrongScheme(_ text: String) -> OVError {
        // What goes into a message may end up on a terminal: no control characters, and not too much of it.
        let shown = text.unicodeScalars.prefix(120).filter { $0.properties.generalCategory != .control }
        let isWhole = text.unicodeScalars.count <= 120
        let name = String(String.UnicodeScalarView(shown)) + (isWhole ? "" : "…")
        guard let scheme = scheme(of: name) else {
            return invalid("'\(name)' has no scheme", hint: "write viking://resources/…")
        }
        if scheme.lowercased() == "viking" {
            let rest = name.dropFirst(scheme.count + 1).drop { $0 == "/" }
            return invalid(
                "the scheme of '\(name)' must be spelled 'viking://', in lower case", hint: "write viking://\(rest)")
        }
        return invalid(
            "'\(name)' has the scheme '\(scheme)'",
            hint: "a source (\(scheme):…) is ingested with `ov ingest`; a target is written viking://resources/…")
    }

    /// What stands before the first colon, if that can be a scheme (RFC 3986 §3.1).
    private static func scheme(of text: String) -> Substring? {
        guard let colon = text.utf8.firstIndex(of: 58) else { return nil }
        let scheme = text[..<colon]
        let isScheme = scheme.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case 65...90, 97...122: true
            case 48...57, 43, 45, 46: index > 0
            default: false
            }
        }
        return isScheme && !scheme.isEmpty ? scheme : nil
    }

    /// Replaces a leading `~` by the caller's own part of the tree.
    private static func expandingHome(_ text: String, user: String) throws(OVError) -> String {
        let rest = text.utf8.dropFirst(scheme.utf8.count)
        guard rest.first == 126, rest.count == 1 || rest.dropFirst().first == 47 else { return text }
        guard isSegment(user) else { throw invalid("'~' needs a caller with a user id") }
        return scheme + "user/" + user + String(Substring(rest.dropFirst()))
    }

    /// Brings text to normal form C.
    /// - Throws: `INVALID_URI` for a control character.
    private static func normalized(_ text: String) throws(OVError) -> String {
        // Nearly every address is plain ASCII, and then it is normal as it stands.
        if text.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }) { return text }
        for scalar in text.unicodeScalars where scalar.properties.generalCategory == .control {
            let digits = String(scalar.value, radix: 16, uppercase: true)
            throw invalid("it has a control character (U+\(String(repeating: "0", count: 4 - digits.count))\(digits))")
        }
        return String(String.UnicodeScalarView(text._nfc))
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
        text.utf8.dropFirst(Self.scheme.utf8.count).split(separator: 47).map(Substring.init)
    }

    /// The last segment; empty for the root.
    package var name: String { segments.last.map(String.init) ?? "" }

    /// The address one level up, nil for the root.
    package var parent: VikingURI? {
        guard self != .root else { return nil }
        let path = text.utf8.dropFirst(Self.scheme.utf8.count)
        guard let slash = path.lastIndex(of: 47) else { return .root }
        return VikingURI(text: String(text[..<slash]))
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
    package func isWithin(_ ancestor: VikingURI) -> Bool {
        guard ancestor != .root else { return true }
        let (path, folder) = (text.utf8, ancestor.text.utf8)
        guard path.starts(with: folder) else { return false }
        return path.count == folder.count || path[path.index(path.startIndex, offsetBy: folder.count)] == 47
    }

    /// What follows `ancestor` in this address: empty for the same one, nil when it lies elsewhere.
    package func relativePath(to ancestor: VikingURI) -> String? {
        guard ancestor != .root else { return String(Substring(text.utf8.dropFirst(Self.scheme.utf8.count))) }
        guard text.utf8.starts(with: ancestor.text.utf8) else { return nil }
        let rest = text.utf8.dropFirst(ancestor.text.utf8.count)
        guard let first = rest.first else { return "" }
        return first == 47 ? String(Substring(rest.dropFirst())) : nil
    }

    /// The address of a document at `path`, which is relative to this one and canonical already.
    package func appending(path: String) -> VikingURI {
        guard !path.isEmpty else { return self }
        return VikingURI(text: self == .root ? text + path : text + "/" + path)
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
