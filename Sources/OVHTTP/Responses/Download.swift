// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore

/// A document's bytes as an answer: whole, in part, or not at all where the client has them (RFC 9110 §13 and §14).
struct Download {
    private let document: DocumentBytes
    private let tag: String

    init(_ document: DocumentBytes) {
        self.document = document
        tag = "\"\(document.digest)\""
    }

    func answer(to request: HTTPFields) -> Answer {
        var headers = HTTPFields.freshness(document.lastChecked, document.lastChanged)
        headers[.eTag] = tag
        headers[.lastModified] = document.lastChanged.map(HTTPTime.text)
        headers[.acceptRanges] = "bytes"
        headers[.cacheControl] = "no-cache"
        if isCurrent(request) { return Answer(.notModified, headers) }
        // A page that somebody else wrote must not run in this server's name.
        headers[.xContentTypeOptions] = "nosniff"
        headers[.contentDisposition] = "attachment; filename*=UTF-8''\(Self.encoded(document.uri.name))"
        headers[.contentType] = contentType
        headers[.documentURI] = Self.encoded(document.uri.text)
        guard let text = request[.range], mayBePartial(request) else {
            return Answer(.ok, headers, .bytes(document.bytes))
        }
        let count = document.bytes.count
        switch ByteRange.parse(text, of: count) {
        case .whole: return Answer(.ok, headers, .bytes(document.bytes))
        case .part(let range):
            headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(count)"
            return Answer(.partialContent, headers, .bytes(Array(document.bytes[range])))
        case .outside:
            let error = OVError(
                .invalidArgument, "the document has no such range of bytes: it has \(count)",
                details: ["bytes": .integer(Int64(count))])
            var answer = Answer.error(error, headers: [.contentRange: "bytes */\(count)"])
            answer.status = .rangeNotSatisfiable
            return answer
        }
    }

    private var contentType: String {
        document.mediaType.hasPrefix("text/") ? "\(document.mediaType); charset=utf-8" : document.mediaType
    }

    /// Whether the client has these very bytes. A tag says more than a time.
    private func isCurrent(_ request: HTTPFields) -> Bool {
        if let tags = request[.ifNoneMatch] {
            return tags.split(separator: ",").contains { word in
                let word = word.filter { $0 != " " && $0 != "\t" }
                return word == "*" || word == tag || word == "W/" + tag
            }
        }
        guard let since = request[.ifModifiedSince].flatMap(HTTPTime.parse), let changed = document.lastChanged else {
            return false
        }
        return changed.milliseconds / 1000 <= since.milliseconds / 1000
    }

    /// A part goes only with the whole that the client has begun with.
    private func mayBePartial(_ request: HTTPFields) -> Bool {
        guard let condition = request[.ifRange] else { return true }
        return condition == tag || condition == document.lastChanged.map(HTTPTime.text)
    }

    /// As RFC 8187 wants it.
    private static func encoded(_ name: String) -> String {
        let digits = Array("0123456789ABCDEF")
        return name.utf8.reduce(into: "") { text, byte in
            switch byte {
            case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
    }
}
