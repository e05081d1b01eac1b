// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Times in headers: the IMF-fixdate of RFC 9110 §5.6.7, `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPTime {
    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func text(of time: Timestamp) -> String {
        let parts = time.description.split(whereSeparator: { "-T.".contains($0) }).map(String.init)
        let number = (parts.count > 2 ? Int(parts[1]) : nil) ?? 1
        guard parts.count > 3, (1...12).contains(number) else { return "" }
        let (day, rest) = time.milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        let weekday = Int(((rest < 0 ? day - 1 : day) % 7 + 7) % 7)
        return "\(days[weekday]), \(parts[2]) \(months[number - 1]) \(parts[0]) \(parts[3]) GMT"
    }

    /// Reads the form that `text` writes, which is the one that everybody sends; nil for any other.
    static func parse(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp("\(words[3])-\(number)-\(words[1])T\(words[4]).000Z")
    }
}
