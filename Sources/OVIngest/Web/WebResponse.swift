// SPDX-License-Identifier: Apache-2.0

internal import NIOHTTP1
internal import OVCore

/// What a server answered in the end, redirects followed.
struct WebResponse: Sendable {
    /// Where it came from.
    let url: WebURL
    let status: Int
    let headers: HTTPHeaders
    /// Decoded.
    let body: [UInt8]

    /// The one value of a header that may be there once; the last one when it is there more often.
    func header(_ name: String) -> String? {
        headers[name].last.map { String($0.prefix(4096)) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    var contentType: String? { header("Content-Type").map(MediaType.essence) }

    var charset: String? { header("Content-Type").flatMap { MediaType.parameter("charset", of: $0) } }
}

/// What a server says about the version of what it sent: RFC 9110 §8.8.
struct WebValidator: Hashable, Sendable {
    let entityTag: String?
    let lastModified: String?

    private static let mark = "web1"

    /// - Parameter received: by our clock, for servers that do not tell the time.
    /// - Returns: nil when the answer has no validator that can be trusted.
    init?(_ response: WebResponse, received: Timestamp) {
        let modified = response.header("Last-Modified")
        let sent = response.header("Date").flatMap(HTTPDate.parse) ?? received
        // A page that changed this very second may change once more in it, and its date would not show that.
        let isYoung = modified.flatMap(HTTPDate.parse).map { sent.since($0) < .seconds(2) } ?? false
        let tag = response.header("ETag").flatMap { isYoung && Self.stemsFromTimes($0) ? nil : $0 }
        guard tag != nil || modified != nil && !isYoung else { return nil }
        entityTag = tag
        lastModified = isYoung ? nil : modified
    }

    /// - Returns: nil when both are empty.
    init?(entityTag: String, lastModified: String) {
        guard !entityTag.isEmpty || !lastModified.isEmpty else { return nil }
        self.entityTag = entityTag.isEmpty ? nil : entityTag
        self.lastModified = lastModified.isEmpty ? nil : lastModified
    }

    /// Reads what `validator` made; anything else is nil.
    init?(_ validator: Validator) {
        let lines = validator.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 3, lines[0] == Self.mark, lines[1...].contains(where: { !$0.isEmpty }) else { return nil }
        entityTag = lines[1].isEmpty ? nil : lines[1]
        lastModified = lines[2].isEmpty ? nil : lines[2]
    }

    var validator: Validator { Validator("\(Self.mark)\n\(entityTag ?? "")\n\(lastModified ?? "")") }

    /// The headers that ask for the body only if it is another.
    var conditions: [(String, String)] {
        (entityTag.map { [("If-None-Match", $0)] } ?? []) + (lastModified.map { [("If-Modified-Since", $0)] } ?? [])
    }

    /// Whether a tag looks like those that servers make of a file's time and size: hexadecimal numbers with hyphens.
    private static func stemsFromTimes(_ tag: String) -> Bool {
        let body = tag.utf8.drop { $0 == UInt8(ascii: "W") || $0 == UInt8(ascii: "/") }
        return body.contains(UInt8(ascii: "-"))
            && body.allSatisfy { "0123456789abcdefABCDEF-\"".utf8.contains($0) }
    }
}
