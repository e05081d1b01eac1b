// SPDX-License-Identifier: Apache-2.0

import CZlib
import HTTPTypes

/// Compressing answers for those who take it.
enum ContentCoding {
    /// Below it a packet carries the answer either way; above it the time would go from other requests.
    private static let sizes = 1400...(8 << 20)

    /// Compresses an answer of text if the client takes gzip and it is worth the while.
    static func apply(to answer: inout Answer, accepting accepted: String?) {
        guard case .bytes(let bytes) = answer.body, sizes.contains(bytes.count), answer.status == .ok,
            isText(answer.headers[.contentType] ?? ""), !answer.headers.contains(.contentEncoding)
        else { return }
        answer.headers[.vary] = "Accept-Encoding"
        guard let accepted, takesGzip(accepted), let compressed = gzip(bytes) else { return }
        answer.headers[.contentEncoding] = "gzip"
        // Another representation, though of the same content (RFC 9110 §8.8.1).
        if let tag = answer.headers[.eTag], !tag.hasPrefix("W/") { answer.headers[.eTag] = "W/" + tag }
        answer.body = .bytes(compressed)
    }

    private static func isText(_ type: String) -> Bool {
        type.hasPrefix("text/") || type.hasPrefix("application/json")
    }

    /// Whether an `Accept-Encoding` names gzip with a weight above zero.
    static func takesGzip(_ accepted: String) -> Bool {
        for part in accepted.lowercased().split(separator: ",") {
            let words = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let coding = words.first, coding == "gzip" || coding == "x-gzip" || coding == "*" else { continue }
            let weight = words.dropFirst().first { $0.hasPrefix("q=") }
            return weight.map { Double($0.dropFirst(2)) ?? 0 > 0 } ?? true
        }
        return false
    }

    private static func gzip(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        // 16 above the window's size asks for the gzip format; the fastest level is most of the gain.
        let result = deflateInit2_(
            &stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        var isWhole = false
        let bound = Int(deflateBound(&stream, uLong(bytes.count)))
        let compressed = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            bytes.withUnsafeBufferPointer { input in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                isWhole = deflate(&stream, Z_FINISH) == Z_STREAM_END
                count = output.count - Int(stream.avail_out)
            }
        }
        return isWhole ? compressed : nil
    }
}
