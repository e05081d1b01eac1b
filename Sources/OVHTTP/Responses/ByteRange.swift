// SPDX-License-Identifier: Apache-2.0

/// The `Range` header of a request for one range of bytes. Several at once, and other units, mean the whole, which a
/// server may always answer with (RFC 9110 §14.2).
enum ByteRange: Hashable, Sendable {
    case whole
    case part(Range<Int>)
    case outside

    static func parse(_ text: String, of count: Int) -> ByteRange {
        let parts = text.split(separator: "=", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bytes" else { return .whole }
        let ends = parts[1].split(separator: "-", omittingEmptySubsequences: false).map { word in
            String(word.filter { $0 != " " })
        }
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else {
            return .whole
        }
        // More digits than fit are more bytes than there are.
        let first = ends[0].isEmpty ? nil : Int(ends[0]) ?? .max
        let last = ends[1].isEmpty ? nil : Int(ends[1]) ?? .max
        switch (first, last) {
        case (nil, nil): return .whole
        case (nil, let length?): return length == 0 || count == 0 ? .outside : .part(max(0, count - length)..<count)
        case (let start?, nil): return start < count ? .part(start..<count) : .outside
        case (let start?, let end?):
            guard start <= end else { return .whole }
            return start < count ? .part(start..<min(count - 1, end) + 1) : .outside
        }
    }
}
