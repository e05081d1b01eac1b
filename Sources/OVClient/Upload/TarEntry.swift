// SPDX-License-Identifier: Apache-2.0

/// A file in a tar archive (POSIX.1-2001 pax): its header, and what fills up its last block.
struct TarEntry {
    static let blockSize = 512
    /// Two blocks of zeros.
    static let end = [UInt8](repeating: 0, count: 2 * blockSize)

    let path: String
    let size: Int64

    /// The header, with an extended one in front where the plain one has no room for the path.
    var header: [UInt8] {
        let name = Array(path.utf8)
        guard name.count > 100 || size >= 1 << 33 || !name.allSatisfy({ $0 < 128 }) else {
            return Self.block(name: name, size: size, type: "0")
        }
        let records = Self.record("path", path) + Self.record("size", String(size))
        return Self.block(name: Array("pax".utf8), size: Int64(records.count), type: "x") + records
            + Self.padding(behind: Int64(records.count))
            + Self.block(name: Array(name.suffix(100)), size: min(size, 1 << 33 - 1), type: "0")
    }

    var padding: [UInt8] { Self.padding(behind: size) }

    private static func padding(behind size: Int64) -> [UInt8] {
        let rest = Int(size % Int64(blockSize))
        return rest == 0 ? [] : [UInt8](repeating: 0, count: blockSize - rest)
    }

    /// A record says its own length in front.
    private static func record(_ name: String, _ value: String) -> [UInt8] {
        let text = Array(" \(name)=\(value)\n".utf8)
        var length = text.count
        while String(length).utf8.count + text.count != length { length = String(length).utf8.count + text.count }
        return Array(String(length).utf8) + text
    }

    private static func block(name: [UInt8], size: Int64, type: Character) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: blockSize)
        func put(_ text: some Sequence<UInt8>, at start: Int) {
            for (index, byte) in text.enumerated() { block[start + index] = byte }
        }
        put(name, at: 0)
        put("0000644".utf8, at: 100)
        put("0000000".utf8, at: 108)
        put("0000000".utf8, at: 116)
        put(octal(size, digits: 11), at: 124)
        put(octal(0, digits: 11), at: 136)
        put(String(type).utf8, at: 156)
        put("ustar\u{0}00".utf8, at: 257)
        put(repeatElement(32, count: 8), at: 148)
        let sum = block.reduce(Int64(0)) { $0 + Int64($1) }
        put(octal(sum, digits: 6) + [0, 32], at: 148)
        return block
    }

    private static func octal(_ number: Int64, digits: Int) -> [UInt8] {
        let text = String(number, radix: 8)
        return Array((String(repeating: "0", count: max(0, digits - text.utf8.count)) + text).utf8)
    }
}
