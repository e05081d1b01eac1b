// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest

/// Writes tar archives block by block, also those that no program would write.
struct TarBytes {
    private(set) var bytes: [UInt8] = []

    /// A file, or whatever `type` says.
    mutating func add(
        _ name: String, _ content: String = "", type: Character = "0", size: [UInt8]? = nil,
        magic: String = "ustar\u{0}00",
        prefix: String = ""
    ) {
        add(raw: Array(name.utf8), Array(content.utf8), type: type, size: size, magic: magic, prefix: prefix)
    }

    mutating func add(
        raw name: [UInt8], _ content: [UInt8] = [], type: Character = "0", size: [UInt8]? = nil,
        magic: String = "ustar\u{0}00", prefix: String = ""
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        Self.put(name.prefix(100), at: 0, in: &block)
        Self.put(Array("0000644\0".utf8), at: 100, in: &block)
        Self.put(size ?? Self.octal(content.count), at: 124, in: &block)
        Self.put(Array("00000000012\0".utf8), at: 136, in: &block)
        block[156] = type.asciiValue ?? 0
        Self.put(Array(magic.utf8), at: 257, in: &block)
        Self.put(Array(prefix.utf8), at: 345, in: &block)
        bytes += Self.sealed(block)
        add(filled: content)
    }

    /// Content up to the end of its last block.
    mutating func add(filled content: [UInt8]) {
        bytes += content
        bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }

    mutating func addExtended(_ records: [(String, String)], type: Character = "x") {
        add("PaxHeaders/x", records.map(Self.record).joined(), type: type)
    }

    mutating func end(blocks: Int = 2) { bytes += [UInt8](repeating: 0, count: 512 * blocks) }

    /// Replaces the last header, and makes its checksum right again.
    mutating func change(headerAt start: Int, _ change: (inout [UInt8]) -> Void) {
        var block = Array(bytes[start..<start + 512])
        change(&block)
        bytes.replaceSubrange(start..<start + 512, with: Self.sealed(block))
    }

    static func octal(_ number: Int) -> [UInt8] {
        let digits = String(number, radix: 8)
        return Array((String(repeating: "0", count: max(0, 11 - digits.count)) + digits + "\0").utf8)
    }

    /// A number in two's complement over the twelve bytes of a size.
    static func binary(_ number: Int64) -> [UInt8] {
        let sign: UInt8 = number < 0 ? 0xFF : 0
        return [sign | 0x80, sign, sign, sign]
            + (0..<8).map { UInt8(truncatingIfNeeded: number >> Int64(56 - 8 * $0)) }
    }

    static func record(_ keyword: String, _ value: String) -> String {
        let rest = " \(keyword)=\(value)\n".utf8.count
        var length = rest + 1
        while String(length).utf8.count + rest != length { length += 1 }
        return "\(length) \(keyword)=\(value)\n"
    }

    private static func put(_ value: some Collection<UInt8>, at start: Int, in block: inout [UInt8]) {
        block.replaceSubrange(start..<start + value.count, with: value)
    }

    private static func sealed(_ block: [UInt8]) -> [UInt8] {
        var block = block
        put(Array("        ".utf8), at: 148, in: &block)
        let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        put(Array((String(repeating: "0", count: 6 - sum.count) + sum + "\0 ").utf8), at: 148, in: &block)
        return block
    }
}

/// What a reader made of an archive.
struct TarContents {
    var files: [String: [UInt8]] = [:]
    var entries: [String: ArchiveEntry] = [:]
    var warnings: [FetchWarning] = []

    var texts: [String: String] { files.mapValues { String(decoding: $0, as: UTF8.self) } }
    func warnings(about path: String?) -> [FetchWarning] { warnings.filter { $0.path == path } }

    /// Reads in pieces of the sizes that come out of `sizes`, over and over again.
    init(
        _ bytes: [UInt8], sizes: [Int] = [4096], limits: Limits = Limits(),
        adjust: (inout ArchiveLimits) -> Void = { _ in }, wanting: (String) -> Bool = { _ in true }
    ) throws(ArchiveError) {
        var archiveLimits = ArchiveLimits(limits)
        adjust(&archiveLimits)
        var reader = TarReader(limits: archiveLimits, keepingRecords: "OV.")
        var (start, round) = (0, 0)
        while start < bytes.count {
            let end = min(bytes.count, start + sizes[round % sizes.count])
            reader.add(bytes[start..<end])
            (start, round) = (end, round + 1)
            try take(from: &reader, wanting)
        }
        warnings += try reader.finish()
    }

    private mutating func take(from reader: inout TarReader, _ wanting: (String) -> Bool) throws(ArchiveError) {
        while let item = try reader.next() {
            switch item {
            case .entry(let entry):
                entries[entry.path] = entry
                if wanting(entry.path) { try reader.take() }
            case .file(let entry, let bytes): files[entry.path] = bytes
            case .warning(let warning): warnings.append(warning)
            }
        }
    }
}
