// SPDX-License-Identifier: Apache-2.0

/// A point in time as sheets count it (§18.17.4): in days, from the end of 1899 or the beginning of 1904 on.
struct SheetDate {
    private let year: Int
    private let month: Int
    private let day: Int
    private let seconds: Int

    /// Nil for what is before the first day or after the year 9999.
    init?(_ serial: Double, isFrom1904: Bool) {
        guard serial >= 0, serial < 2_958_466 else { return nil }
        var days = Int(serial)
        var seconds = Int(((serial - serial.rounded(.down)) * 86_400).rounded())
        if seconds == 86_400 { (days, seconds) = (days + 1, 0) }
        self.seconds = seconds
        // The first of these calendars has a 29th of February 1900, which there was not.
        let shift = isFrom1904 ? 1462 : days < 60 ? 1 : 0
        (year, month, day) = Self.civil(days + shift - 25_569)
    }

    /// The date so many days after 1 January 1970, in the proleptic Gregorian calendar.
    private static func civil(_ days: Int) -> (Int, Int, Int) {
        // Years are taken to begin in March, so that the odd day comes last.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let place = (5 * dayOfYear + 2) / 153
        let month = place < 10 ? place + 3 : place - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * place + 2) / 5 + 1)
    }

    /// As ISO 8601 has it, with a blank between date and time.
    func text(hasDate: Bool, hasTime: Bool, hasSeconds: Bool) -> [UInt8] {
        let year = String(year)
        let date = String(repeating: "0", count: max(0, 4 - year.count)) + "\(year)-\(Self.two(month))-\(Self.two(day))"
        var time = "\(Self.two(seconds / 3600)):\(Self.two(seconds / 60 % 60))"
        if hasSeconds { time += ":" + Self.two(seconds % 60) }
        return Array((hasDate ? hasTime ? date + " " + time : date : time).utf8)
    }

    static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}
