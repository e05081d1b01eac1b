// SPDX-License-Identifier: Apache-2.0

/// An instant in UTC, in whole milliseconds since 1970-01-01T00:00:00Z, within the years 0 to 9999.
///
/// The bound is part of the type: whatever builds a timestamp clamps to it, so that adding any duration the product
/// deals in (ten years at most) cannot overflow, even when the instant came from a damaged state file.
package struct Timestamp: Hashable, Comparable, Sendable {
    package let milliseconds: Int64

    package static let earliest = Timestamp(milliseconds: -62_167_219_200_000)
    package static let latest = Timestamp(milliseconds: 253_402_300_799_999)

    package init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, -62_167_219_200_000), 253_402_300_799_999)
    }

    /// Seconds since 1970 with a fraction, as task records show it.
    package var seconds: Double { Double(milliseconds) / 1000 }

    package static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    package func advanced(by duration: Milliseconds) -> Timestamp {
        let (sum, overflow) = milliseconds.addingReportingOverflow(duration.count)
        guard overflow else { return Timestamp(milliseconds: sum) }
        return duration.count > 0 ? .latest : .earliest
    }

    /// The duration from `other` to this instant; negative when `other` is later.
    package func since(_ other: Timestamp) -> Milliseconds { Milliseconds(milliseconds - other.milliseconds) }
}

/// A duration in whole milliseconds.
package struct Milliseconds: Hashable, Comparable, Sendable {
    package let count: Int64

    package init(_ count: Int64) { self.count = count }

    package static let zero = Milliseconds(0)
    package static func seconds(_ count: Int64) -> Milliseconds { Milliseconds(count * 1000) }
    package static func minutes(_ count: Int64) -> Milliseconds { Milliseconds(count * 60_000) }
    package static func hours(_ count: Int64) -> Milliseconds { Milliseconds(count * 3_600_000) }
    package static func days(_ count: Int64) -> Milliseconds { Milliseconds(count * 86_400_000) }

    package static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.count < right.count }

    package var seconds: Double { Double(count) / 1000 }
    package var duration: Duration { .milliseconds(count) }
}

// MARK: - RFC 3339

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds and `Z`: `2026-08-22T09:30:00.000Z`.
    package var description: String {
        String(unsafeUninitializedCapacity: Self.textLength) { buffer in
            write(to: buffer)
            return Self.textLength
        }
    }

    static let textLength = 24

    /// Writes `description`.
    func write(to buffer: UnsafeMutableBufferPointer<UInt8>) {
        let (days, ofDay) = Self.floorDivide(milliseconds, by: 86_400_000)
        let (year, month, day) = Self.civil(fromDays: days)
        var position = 0
        func put(_ value: Int64, digits: Int, then separator: Unicode.Scalar) {
            var rest = value
            for offset in stride(from: digits - 1, through: 0, by: -1) {
                buffer[position + offset] = UInt8(48 + rest % 10)
                rest /= 10
            }
            buffer[position + digits] = UInt8(separator.value)
            position += digits + 1
        }
        put(year, digits: 4, then: "-")
        put(month, digits: 2, then: "-")
        put(day, digits: 2, then: "T")
        put(ofDay / 3_600_000, digits: 2, then: ":")
        put(ofDay / 60_000 % 60, digits: 2, then: ":")
        put(ofDay / 1000 % 60, digits: 2, then: ".")
        put(ofDay % 1000, digits: 3, then: "Z")
    }

    /// Reads the one form that `description` writes; anything else is nil.
    package init?(_ text: String) {
        var text = text
        guard let value = text.withUTF8({ Timestamp(text: $0) }) else { return nil }
        self = value
    }

    init?(text bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == Self.textLength, bytes[4] == 45, bytes[7] == 45, bytes[10] == 84, bytes[13] == 58,
            bytes[16] == 58,
            bytes[19] == 46, bytes[23] == 90
        else { return nil }
        var wellFormed = true
        func number(_ start: Int, _ digits: Int) -> Int64 {
            var value: Int64 = 0
            for index in start..<(start + digits) {
                let digit = bytes[index] &- 48
                wellFormed = wellFormed && digit <= 9
                value = value * 10 + Int64(digit <= 9 ? digit : 0)
            }
            return value
        }
        let (year, month, day) = (number(0, 4), number(5, 2), number(8, 2))
        let (hour, minute, second) = (number(11, 2), number(14, 2), number(17, 2))
        let fraction = number(20, 3)
        guard wellFormed, (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let days = Self.days(year: year, month: month, day: day)
        guard Self.civil(fromDays: days) == (year, month, day) else { return nil }
        let ofDay = ((hour * 60 + minute) * 60 + second) * 1000 + fraction
        self.init(milliseconds: days * 86_400_000 + ofDay)
    }

    // Days from and to the proleptic Gregorian calendar, counting years from March so that the leap day comes last.
    // Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and civil_from_days.

    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shifted, by: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
