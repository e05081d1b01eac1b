// SPDX-License-Identifier: Apache-2.0

/// The binary container of earlier versions of Office ([MS-CFB]), which encrypted documents of today come in as well.
enum CompoundFile {
    static let signature: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

    /// The name of the stream that has an encrypted package ([MS-OFFCRYPTO] §2.3.1), as such a file spells it.
    private static let encryptedStream: [UInt8] = "EncryptedPackage".utf8.flatMap { [$0, UInt8(0)] }

    /// Why it is not read, and what to do.
    static func words(about bytes: [UInt8], _ family: OfficeConverter.Family) -> String {
        contains(encryptedStream, bytes)
            ? "it is encrypted; save it without a password to have its text read"
            : "it is in the binary format of Office before 2007, which is not read; save it as \(family.ending)"
    }

    private static func contains(_ word: [UInt8], _ bytes: [UInt8]) -> Bool {
        guard let first = word.first, bytes.count >= word.count else { return false }
        var index = 0
        while index <= bytes.count - word.count {
            if bytes[index] == first, bytes[index..<(index + word.count)].elementsEqual(word) { return true }
            index += 1
        }
        return false
    }
}
