// SPDX-License-Identifier: Apache-2.0

extension XMLReader {
    /// A document in UTF-8, and where it begins behind a byte order mark.
    static func text(of bytes: [UInt8], charset: String?, isLenient: Bool) throws(XMLError) -> ([UInt8], Int) {
        let detection: CharsetDetection
        do throws(ConversionError) {
            detection = try CharsetDetection(
                bytes, declared: charset ?? charsetWithoutMark(bytes), mediaType: "application/xml")
        } catch {
            throw XMLError(.encoding, at: 0, error.message)
        }
        if detection.encoding == .utf8, let invalid = invalidPlace(in: bytes) {
            guard isLenient else { throw XMLError(.encoding, at: invalid, "it is not in UTF-8, as it should be") }
        } else if detection.encoding == .utf8 {
            return (bytes, detection.markBytes)
        } else if detection.origin == .guessed, !isLenient {
            throw XMLError(
                .encoding, at: invalidPlace(in: bytes) ?? 0, "it is not in UTF-8 and does not say what else it is in")
        }
        let output: TextDecoder.Output
        do throws(ConversionError) {
            output = try TextDecoder(detection.encoding).decode(
                Array(bytes.dropFirst(detection.markBytes)), limit: bytes.count * 4 + 16)
        } catch {
            throw XMLError(.encoding, at: 0, error.message)
        }
        guard isLenient || output.replacements == 0 else {
            throw XMLError(.encoding, at: 0, "it has places that are not in \(detection.encoding.name)")
        }
        return (output.bytes, 0)
    }

    private static func invalidPlace(in bytes: [UInt8]) -> Int? {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    /// XML 1.0, appendix F: a document in UTF-16 is known by its first characters.
    private static func charsetWithoutMark(_ bytes: [UInt8]) -> String? {
        if bytes.starts(with: [0x3C, 0, 0x3F, 0]) { return "utf-16le" }
        return bytes.starts(with: [0, 0x3C, 0, 0x3F]) ? "utf-16be" : nil
    }
}
