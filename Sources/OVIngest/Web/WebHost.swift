// SPDX-License-Identifier: Apache-2.0

@_spi(_Unicode) import Swift

/// Brings the host of a URL to the one spelling that is looked up: WHATWG URL Standard, section 3.5.
enum WebHost {
    typealias Failure = WebURLReader.Failure

    /// - Returns: an ASCII name in lower case, or an address; IPv6 without brackets.
    static func parse(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
        guard let first = bytes.first else { throw Failure(message: "it has no host") }
        if first == UInt8(ascii: "[") {
            let text = String(decoding: bytes.dropFirst().dropLast(), as: UTF8.self)
            guard bytes.last == UInt8(ascii: "]"), let address = IPAddress(text), case .v6 = address else {
                throw Failure(message: "'\(shown(bytes))' is no IPv6 address")
            }
            return address.description
        }
        guard let text = String(validating: WebURLReader.percentDecoded(Array(bytes)), as: UTF8.self) else {
            throw Failure(message: "its host is not valid UTF-8")
        }
        var name = try ascii(text)
        if name.hasSuffix(".") { name.removeLast() }
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard name.utf8.count <= 253, labels.allSatisfy({ (1...63).contains($0.count) }) else {
            throw Failure(message: "'\(shown(bytes))' is no host name")
        }
        guard let last = labels.last, isNumeric(Array(last)) else { return name }
        guard let address = ipv4(labels.map { Array($0) }) else {
            throw Failure(message: "'\(shown(bytes))' looks like an IPv4 address and is none")
        }
        return IPAddress.v4(address).description
    }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        String(String(decoding: bytes.prefix(100), as: UTF8.self).filter { !$0.isNewline })
    }

    // MARK: Numbers

    private static func isNumeric(_ label: [UInt8]) -> Bool {
        label.allSatisfy { (48...57).contains($0) } || number(label) != nil
    }

    /// Decimal, octal with a leading zero, hexadecimal with `0x`.
    private static func number(_ label: [UInt8]) -> UInt64? {
        let text = String(decoding: label, as: UTF8.self)
        guard !text.hasPrefix("+"), !text.hasPrefix("-") else { return nil }
        if text.hasPrefix("0x") {
            let digits = text.dropFirst(2)
            return digits.isEmpty ? 0 : digits.first == "+" || digits.first == "-" ? nil : UInt64(digits, radix: 16)
        }
        return text.utf8.count > 1 && text.hasPrefix("0") ? UInt64(text, radix: 8) : UInt64(text)
    }

    /// One to four numbers; the last one fills all the bytes that are left.
    private static func ipv4(_ labels: [[UInt8]]) -> UInt32? {
        let numbers = labels.compactMap(number)
        guard numbers.count == labels.count, (1...4).contains(numbers.count), let last = numbers.last else {
            return nil
        }
        let rest = 4 - (numbers.count - 1)
        guard numbers.dropLast().allSatisfy({ $0 <= 255 }), last < UInt64(1) << UInt64(8 * rest) else { return nil }
        var address = UInt32(last)
        for (index, number) in numbers.dropLast().enumerated() { address |= UInt32(number) << UInt32(24 - 8 * index) }
        return address
    }

    // MARK: Names

    /// The ASCII form of a name: each label mapped to lower case and normal form C, then Punycode (RFC 3492) where it
    /// is not ASCII. Of Unicode's compatibility mappings (UTS 46) it knows the full-width forms and the ideographic
    /// full stop; a name that would need others is refused rather than taken for another one.
    private static func ascii(_ text: String) throws(Failure) -> String {
        let mapped = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.value {
            case 0x3002, 0xFF0E, 0xFF61: "."
            case 0xFF01...0xFF5E: Unicode.Scalar(scalar.value - 0xFEE0) ?? scalar
            default: scalar
            }
        }
        let lower = String(String.UnicodeScalarView(mapped)).lowercased()
        let labels = lower.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false)
        var names: [String] = []
        for label in labels {
            let scalars = Array(String(Substring(label))._nfc)
            for scalar in scalars where !mayStand(scalar) {
                throw Failure(
                    message: "'\(String(scalar).debugDescription.dropFirst().dropLast())' cannot stand in a host name")
            }
            if scalars.allSatisfy(\.isASCII) {
                names.append(String(String.UnicodeScalarView(scalars)))
            } else if let code = Punycode.encode(scalars) {
                names.append("xn--" + code)
            } else {
                throw Failure(message: "its host name is too long")
            }
        }
        return names.joined(separator: ".")
    }

    private static func mayStand(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            return (97...122).contains(scalar.value) || (48...57).contains(scalar.value)
                || "-_".unicodeScalars.contains(scalar)
        }
        // The two letters of IDNA 2008 that case folding would change.
        if scalar == "ß" || scalar == "ς" { return true }
        switch scalar.properties.generalCategory {
        case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber,
            .otherSymbol:
            // What Unicode only has for compatibility stands for something else.
            return !scalar.properties.isNoncharacterCodePoint && !scalar.properties.changesWhenNFKCCaseFolded
        default: return false
        }
    }
}

/// RFC 3492, the direction that is needed.
enum Punycode {
    /// - Returns: nil when the label is longer than any host name could be.
    static func encode(_ scalars: [Unicode.Scalar]) -> String? {
        guard scalars.count <= 63 else { return nil }
        var output = scalars.filter(\.isASCII).map { UInt8(truncatingIfNeeded: $0.value) }
        let basic = output.count
        if basic > 0 { output.append(UInt8(ascii: "-")) }
        var (next, delta, bias, handled): (UInt32, UInt32, UInt32, Int) = (128, 0, 72, basic)
        while handled < scalars.count {
            guard let least = scalars.lazy.map(\.value).filter({ $0 >= next }).min() else { return nil }
            delta += (least - next) * UInt32(handled + 1)
            next = least
            for scalar in scalars {
                if scalar.value < next { delta += 1 }
                guard scalar.value == next else { continue }
                append(delta, bias, to: &output)
                bias = adapted(delta, handled + 1, isFirst: handled == basic)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return String(decoding: output, as: UTF8.self)
    }

    private static func append(_ delta: UInt32, _ bias: UInt32, to output: inout [UInt8]) {
        var (rest, base) = (delta, UInt32(36))
        while true {
            let threshold = base <= bias ? 1 : min(26, base - bias)
            guard rest >= threshold else { break }
            output.append(digit(threshold + (rest - threshold) % (36 - threshold)))
            rest = (rest - threshold) / (36 - threshold)
            base += 36
        }
        output.append(digit(rest))
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        UInt8(truncatingIfNeeded: value < 26 ? 97 + value : 22 + value)
    }

    private static func adapted(_ delta: UInt32, _ count: Int, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / 700 : delta / 2
        delta += delta / UInt32(count)
        var steps: UInt32 = 0
        while delta > 455 {
            delta /= 35
            steps += 36
        }
        return steps + 36 * delta / (delta + 38)
    }
}
