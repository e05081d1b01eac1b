// SPDX-License-Identifier: Apache-2.0

import OVCore

@testable import OVIngest

extension FuzzTarget {
    static let archives = [
        FuzzTarget("zip", maximumLength: 32 << 10) { bytes in
            // Raw bytes fall at the first checksum, so most inputs get theirs put right.
            let (choice, archive) = split(bytes)
            try readZip(choice & 1 == 0 ? ZipRepair.repaired(archive) : archive)
        },
        FuzzTarget("tar", maximumLength: 32 << 10) { bytes in
            let (choice, archive) = split(bytes)
            try readTar(
                choice & 1 == 0 ? withChecksums(archive) : archive,
                pieceSize: [1, 511, 512, 1 << 16][Int(choice >> 1 & 3)])
        },
        FuzzTarget("inflate") { bytes in
            let (choice, stream) = split(bytes)
            let limit = 1 << 20
            let inflater = Inflater(choice & 1 == 0 ? .gzipOrZlib : .bare, limit: limit)
            var (rest, count) = (stream[...], 0)
            let size = [1, 7, 100, 1 << 16][Int(choice >> 1 & 3)]
            while !rest.isEmpty, (try? inflater.append(Array(rest.prefix(size)))) != nil {
                if choice & 8 != 0 { count += inflater.takeOutput().count }
                rest = rest.dropFirst(size)
            }
            count += inflater.takeOutput().count
            try check(count <= limit + 1, "\(count) bytes came out")
        },
    ]

    private static var limits: ArchiveLimits {
        var limits = Limits()
        (limits.documentBytes, limits.bytesPerIngest, limits.documentsPerIngest) = (64 << 10, 256 << 10, 200)
        return ArchiveLimits(limits)
    }

    private static func readZip(_ archive: [UInt8]) throws {
        guard let reader = try? ZipReader(.memory(archive), limits: limits) else { return }
        try checkPaths(reader.members.filter(\.entry.kind.isDocument).map(\.entry.path))
        var packed: Int64 = 0
        for member in reader.members {
            packed += member.packedSize
            guard member.isReadable, member.entry.size <= limits.fileBytes else { continue }
            guard let content = try? reader.content(of: member) else { continue }
            try check(content.count == member.entry.size, "\(content.count) bytes of a file of \(member.entry.size)")
        }
        try check(packed <= archive.count, "files of \(packed) bytes in an archive of \(archive.count)")
    }

    private static func readTar(_ archive: [UInt8], pieceSize: Int) throws {
        var reader = TarReader(limits: limits, keepingRecords: "OV.")
        var (paths, taken): ([String], Int) = ([], 0)
        var rest = archive[...]
        while !rest.isEmpty {
            reader.add(rest.prefix(pieceSize))
            rest = rest.dropFirst(pieceSize)
            while true {
                guard let next = try? reader.next() else { return }
                switch next {
                case .entry(let entry):
                    if entry.kind.isDocument { paths.append(entry.path) }
                    try reader.takeIgnoringLimits()
                case .file(let entry, let bytes):
                    taken += bytes.count
                    try check(bytes.count == entry.size, "\(bytes.count) bytes of a file of \(entry.size)")
                    try check(bytes.count <= limits.fileBytes, "a file of \(bytes.count) bytes")
                case .warning: break
                }
            }
        }
        _ = try? reader.finish()
        try checkPaths(paths)
        try check(taken <= min(Int(limits.totalBytes), archive.count), "\(taken) bytes were taken")
    }

    private static func checkPaths(_ paths: [String]) throws {
        try check(Set(paths).count == paths.count, "two files of one path")
        for path in paths {
            let segments = path.split(separator: "/", omittingEmptySubsequences: false)
            try check(
                !segments.contains { $0.isEmpty || $0 == "." || $0 == ".." } && !path.utf8.contains(0),
                "a path that leads elsewhere: \(path)")
            try check(DocumentPath.canonical(Array(path.utf8))?.path == path, "a path that is not canonical: \(path)")
        }
    }

    /// Puts the checksum of each header right.
    private static func withChecksums(_ archive: [UInt8]) -> [UInt8] {
        var bytes = archive
        for start in stride(from: 0, to: bytes.count - 511, by: 512) {
            let isHeader = bytes[start + 257..<start + 262].elementsEqual("ustar".utf8) || start == 0
            guard isHeader else { continue }
            for index in start + 148..<start + 156 { bytes[index] = 32 }
            let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
            let digits = String(sum, radix: 8)
            let text = String(repeating: "0", count: 6 - digits.utf8.count) + digits
            bytes.replaceSubrange(start + 148..<start + 155, with: Array(text.utf8) + [0])
        }
        return bytes
    }
}

extension TarReader {
    fileprivate mutating func takeIgnoringLimits() throws { _ = try? take() }
}
