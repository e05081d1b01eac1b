// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Dates in HTTP headers: RFC 9110 §5.6.7, the present form and the two that are only read.
enum HTTPDate {
    static func parse(_ text: String) -> Timestamp? {
        var words = text.utf8.split(whereSeparator: { $0 == 32 || $0 == 9 }).map { String(Substring($0)) }
        guard (2...6).contains(words.count), text.utf8.count <= 64 else { return nil }
        // The day of the week follows from the date.
        words.removeFirst()
        if words.last == "GMT" || words.last == "UTC" { words.removeLast() }
        switch words.count {
        // Sun, 06 Nov 1994 08:49:37
        case 4 where words[0].utf8.first.map(isDigit) == true:
            return timestamp(year: words[2], month: words[1], day: words[0], time: words[3])
        // Sun Nov  6 08:49:37 1994
        case 4: return timestamp(year: words[3], month: words[0], day: words[1], time: words[2])
        // Sunday, 06-Nov-94 08:49:37
        case 2:
            let date = words[0].split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard date.count == 3, let year = Int(date[2]), (0...99).contains(year) else { return nil }
            return timestamp(
                year: "\(year < 70 ? 2000 + year : 1900 + year)", month: date[1], day: date[0], time: words[1])
        default: return nil
        }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

    private static func timestamp(year: String, month: String, day: String, time: String) -> Timestamp? {
        guard let index = months.firstIndex(of: month), year.utf8.count == 4 else { return nil }
        let number = index + 1
        return Timestamp(
            "\(year)-\(number < 10 ? "0" : "")\(number)-\(day.utf8.count == 1 ? "0" : "")\(day)T\(time).000Z")
    }
}
