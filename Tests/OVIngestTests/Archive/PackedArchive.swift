// SPDX-License-Identifier: Apache-2.0

import CZlib
import OVCore
import OVIngest
import OVTestSupport
import Testing

/// Archives that tests write, byte for byte the same for the same files.
enum PackedArchive {
    static func tar(_ files: [String: [UInt8]]) -> [UInt8] {
        var tar = TarBytes()
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) { tar.add(raw: Array(path.utf8), bytes) }
        tar.end()
        return tar.bytes
    }

    static func tar(_ files: [String: String]) -> [UInt8] { tar(files.mapValues { Array($0.utf8) }) }

    static func zip(_ files: [String: String]) -> [UInt8] { zip(files.mapValues { Array($0.utf8) }) }

    static func zip(_ files: [String: [UInt8]]) -> [UInt8] {
        var (body, list): ([UInt8], [UInt8]) = ([], [])
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let name = Array(path.utf8)
            let packed = deflated(bytes, windowBits: -15)
            let shared =
                little(20, 2) + little(0x800, 2) + little(8, 2) + little(0, 2) + little(33, 2)
                + little(Int(checksum(bytes)), 4) + little(packed.count, 4) + little(bytes.count, 4)
                + little(name.count, 2) + little(0, 2)
            list += [0x50, 0x4B, 1, 2] + little(0x314, 2) + shared + little(0, 6) + little(0x81A4_0000, 4)
            list += little(body.count, 4) + name
            body += [0x50, 0x4B, 3, 4] + shared + name + packed
        }
        let count = little(files.count, 2)
        return body + list + [0x50, 0x4B, 5, 6] + little(0, 4) + count + count + little(list.count, 4)
            + little(body.count, 4) + little(0, 2)
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] { deflated(bytes, windowBits: 31) }

    private static func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt {
        bytes.withUnsafeBufferPointer { crc32(crc32(0, nil, 0), $0.baseAddress, UInt32($0.count)) }
    }

    /// - Parameter windowBits: as zlib has it: 31 for gzip, 15 for zlib's own header, -15 for none.
    static func deflated(_ bytes: [UInt8], windowBits: Int32) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, 9, Z_DEFLATED, windowBits, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = bytes
        return [UInt8](unsafeUninitializedCapacity: bytes.count + bytes.count / 1000 + 1024) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                deflate(&stream, Z_FINISH)
                count = output.count - Int(stream.avail_out)
            }
        }
    }
}

/// An archive in a file, read by the fetcher.
struct LocalArchive {
    let folder: TemporaryFolder
    let name: String

    init(_ name: String, _ bytes: [UInt8]) throws {
        folder = try TemporaryFolder()
        self.name = name
        try folder.write(name, bytes)
    }

    static func fetcher(_ folder: TemporaryFolder) -> ArchiveFetcher {
        ArchiveFetcher(
            client: WebClient(egress: EgressGuard(), clock: LateClock()), secrets: SecretSource(environment: [:]),
            cache: folder.path("cache/downloads"), clock: LateClock())
    }

    var fetcher: ArchiveFetcher { Self.fetcher(folder) }

    func source(_ arguments: [String: String] = [:], include: [String] = [], exclude: [String] = []) -> Source {
        var options = Source.Options()
        options.arguments = arguments
        options.include = include
        options.exclude = exclude
        return Source(fetcher: "archive", location: folder.path(name), options: options)
    }

    func record(
        _ arguments: [String: String] = [:], include: [String] = [], exclude: [String] = [],
        validators: [String: Validator] = [:], limits: Limits = Limits()
    ) async throws -> RecordingSink.Record {
        try await fetcher.record(
            source(arguments, include: include, exclude: exclude), validators: validators, limits: limits)
    }

    func failure(_ arguments: [String: String] = [:], limits: Limits = Limits()) async throws -> FetchError {
        try #require(await #expect(throws: FetchError.self) { try await record(arguments, limits: limits) })
    }
}
