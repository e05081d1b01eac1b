// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Brings text in some charset to UTF-8.
package struct TextDecoder: Sendable {
    package let encoding: TextEncoding

    package init(_ encoding: TextEncoding) { self.encoding = encoding }

    package struct Output: Hashable, Sendable {
        /// UTF-8, whatever the input.
        package var bytes: [UInt8] = []
        /// How many places were not valid in the charset; each is U+FFFD now.
        package var replacements = 0
    }

    /// - Parameter limit: bytes that the result may have.
    /// - Throws: `ConversionError` when it would have more, or when the system lacks this charset.
    package func decode(_ input: [UInt8], limit: Int) throws(ConversionError) -> Output {
        var output = Output()
        output.bytes.reserveCapacity(min(limit, input.count + input.count / 2))
        switch encoding {
        case .utf8: output.bytes = input
        case .windows1252: decodeWindows1252(input, into: &output.bytes)
        default: try convert(input, into: &output, limit: limit)
        }
        // The C library lets through what Unicode gave up in 2003, sequences of five bytes for example.
        if UTF8Validity(of: output.bytes) == .invalid { repair(&output) }
        guard output.bytes.count <= limit else { throw tooLong(limit) }
        return output
    }

    private func tooLong(_ limit: Int) -> ConversionError {
        ConversionError("as UTF-8 it would have more than \(limit) bytes")
    }

    /// Puts U+FFFD in the place of what is not UTF-8.
    private func repair(_ output: inout Output) {
        let repaired = Array(String(decoding: output.bytes, as: UTF8.self).utf8)
        output.replacements += count(ofReplacements: repaired) - count(ofReplacements: output.bytes)
        output.bytes = repaired
    }

    private func count(ofReplacements bytes: [UInt8]) -> Int {
        bytes.indices.dropLast(2).count { bytes[$0] == 0xEF && bytes[$0 + 1] == 0xBF && bytes[$0 + 2] == 0xBD }
    }

    /// By hand, because it is what text without a declaration is taken for, and may not depend on what is installed.
    /// The five bytes without a character become control characters, as the standard has it.
    private func decodeWindows1252(_ input: [UInt8], into output: inout [UInt8]) {
        for byte in input {
            if byte < 0x80 {
                output.append(byte)
            } else {
                let scalar = byte < 0xA0 ? Self.windows1252[Int(byte) - 0x80] : UInt16(byte)
                if scalar < 0x800 {
                    output.append(UInt8(0xC0 | scalar >> 6))
                } else {
                    output.append(UInt8(0xE0 | scalar >> 12))
                    output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
                }
                output.append(UInt8(0x80 | scalar & 0x3F))
            }
        }
    }

    /// Bytes 0x80 to 0x9F: https://encoding.spec.whatwg.org/index-windows-1252.txt
    static let windows1252: [UInt16] = [
        0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,
        0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A,
        0x0153, 0x9D, 0x017E, 0x0178,
    ]
}

// MARK: - The C library's converters

extension TextDecoder {
    /// `(size_t)-1`, as Swift imports it.
    private static let failed: size_t = -1

    private func convert(_ input: [UInt8], into output: inout Output, limit: Int) throws(ConversionError) {
        guard let converter = iconv_open("UTF-8", encoding.converter), converter != iconv_t(bitPattern: -1) else {
            throw ConversionError("this system cannot convert \(encoding.name)")
        }
        defer { iconv_close(converter) }
        // iconv wants its input writable, though it only reads it.
        var input = input
        var position = 0
        var isFinished = false
        while !isFinished {
            let before = (position, output.bytes.count)
            isFinished = step(converter, &input, &position, &output)
            guard isFinished || (position, output.bytes.count) != before || position == input.count else {
                throw ConversionError("this system's converter for \(encoding.name) does not get on")
            }
            guard output.bytes.count <= limit else { throw tooLong(limit) }
        }
    }

    /// Converts up to one block of output, or up to the next place that is damaged.
    /// - Returns: whether the input is at its end.
    private func step(
        _ converter: iconv_t, _ input: inout [UInt8], _ position: inout Int, _ output: inout Output
    ) -> Bool {
        let atEnd = position >= input.count
        var reason: Int32 = 0
        let block = [UInt8](unsafeUninitializedCapacity: 64 << 10) { block, filled in
            input.withUnsafeMutableBytes { input in
                let rest = UnsafeMutableRawBufferPointer(rebasing: input[position...])
                var source = rest.baseAddress?.assumingMemoryBound(to: CChar.self)
                var target = UnsafeMutableRawPointer(block.baseAddress)?.assumingMemoryBound(to: CChar.self)
                var (sourceLeft, targetLeft) = (rest.count, block.count)
                // A call without input writes what the converter still holds back.
                let result =
                    atEnd
                    ? iconv(converter, nil, nil, &target, &targetLeft)
                    : iconv(converter, &source, &sourceLeft, &target, &targetLeft)
                if result == Self.failed { reason = errno }
                position += rest.count - sourceLeft
                filled = block.count - targetLeft
            }
        }
        output.bytes += block
        if reason == EILSEQ || reason == EINVAL {
            output.bytes += [0xEF, 0xBF, 0xBD]
            output.replacements += 1
            // EINVAL: the input ends inside a character.
            position = reason == EINVAL ? input.count : min(position + encoding.unitBytes, input.count)
        }
        return atEnd && reason != E2BIG
    }
}
