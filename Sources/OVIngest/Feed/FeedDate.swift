// SPDX-License-Identifier: Apache-2.0

/// Dates as feeds write them.
enum FeedDate {
    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let zones = [
        "z": "Z", "ut": "Z", "utc": "Z", "gmt": "Z", "est": "-05:00", "edt": "-04:00", "cst": "-06:00", "cdt": "-05:00",
        "mst": "-07:00", "mdt": "-06:00", "pst": "-08:00", "pdt": "-07:00",
    ]

    /// The date of RFC 822 §5 (with years of four digits, too) as RFC 3339 has it; any other text as it is; nil for
    /// none.
    static func text(_ text: String) -> String? {
        guard !text.isEmpty else { return nil }
        var words = text.split { $0 == " " || $0 == "," }.map(String.init)
        if let first = words.first, first.utf8.allSatisfy(\.isLetter) { words.removeFirst() }
        guard words.count >= 4, let day = Int(words[0]), (1...31).contains(day),
            let month = months.firstIndex(of: String(words[1].lowercased().prefix(3))), let year = year(words[2]),
            let time = time(words[3])
        else { return String(text.prefix(64)) }
        let zone = words.count > 4 ? zone(words[4]) : "Z"
        return "\(year)-\(two(month + 1))-\(two(day))T\(time)\(zone ?? "Z")"
    }

    private static func year(_ word: String) -> Int? {
        guard let number = Int(word), number >= 0, number < 10_000 else { return nil }
        if word.utf8.count == 4 { return number }
        return word.utf8.count == 2 ? number + (number < 70 ? 2000 : 1900) : nil
    }

    private static func time(_ word: String) -> String? {
        let parts = word.split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ (0...60).contains($0) }), parts[0] < 24 else {
            return nil
        }
        return (parts + [0]).prefix(3).map(two).joined(separator: ":")
    }

    private static func zone(_ word: String) -> String? {
        if let known = zones[word.lowercased()] { return known }
        let bytes = Array(word.utf8)
        guard bytes.count == 5, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-"),
            bytes[1...].allSatisfy(\.isDigit)
        else { return nil }
        let text = "\(word.prefix(3)):\(word.suffix(2))"
        return text.dropFirst() == "00:00" ? "Z" : text
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
