// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

/// What the reader makes of archives that are damaged, or meant to do harm.
@Suite(.inTurn) struct TarBadInputTests {
    private static let files = ["a.md": "# A\n", "b/c.md": String(repeating: "c", count: 600), "empty": ""]

    /// A small archive with something of each kind.
    private static let small: TarBytes = {
        var tar = TarBytes()
        tar.add("./", type: "5")
        tar.add("a.md", "# A\n")
        tar.add("././@LongLink", "b/c.md\0", type: "L")
        tar.add("cut", String(repeating: "c", count: 600), magic: "ustar  \u{0}")
        tar.add("empty", magic: "")
        tar.end()
        return tar
    }()

    private func failure(
        _ bytes: [UInt8], limits: Limits = Limits(), adjust: (inout ArchiveLimits) -> Void = { _ in }
    ) -> ArchiveError? {
        #expect(throws: ArchiveError.self) { try TarContents(bytes, limits: limits, adjust: adjust) }
    }

    @Test func cutAnywhereItIsAnErrorOrWhole() throws {
        let bytes = Self.small.bytes
        for count in 0..<bytes.count {
            do throws(ArchiveError) {
                let contents = try TarContents(Array(bytes.prefix(count)), sizes: [97])
                #expect(contents.texts == Self.files && count > bytes.count - 1024, "cut at \(count)")
            } catch {
                #expect(error.reason == (count < 512 ? .foreign : .truncated), "cut at \(count)")
                #expect(error.offset == (count < 512 ? 0 : Int64(count)))
            }
        }
    }

    /// Content has no checksum; all that surrounds it has, or is seen by what it leads to.
    @Test(arguments: [0x01, 0x80] as [UInt8])
    func withAnyByteChangedItIsAnErrorOrThoseFiles(_ mask: UInt8) throws {
        let bytes = Self.small.bytes
        var (errors, whole) = (0, 0)
        for index in bytes.indices {
            var damaged = bytes
            damaged[index] ^= mask
            do throws(ArchiveError) {
                let contents = try TarContents(damaged, sizes: [1000])
                let isContent = contents.texts.values.reduce(0) { $0 + $1.utf8.count } >= 604
                #expect(contents.files.count == 3 && isContent, "byte \(index)")
                whole += contents.texts == Self.files ? 1 : 0
            } catch {
                errors += 1
            }
        }
        // Five headers are under a checksum; what fills blocks may be anything.
        #expect(errors > 6 * 500)
        #expect(whole > 500)
    }

    @Test func withAnyByteOfAnExtendedHeaderChangedItStops() throws {
        var tar = TarBytes()
        tar.addExtended([("path", "real.md"), ("size", "4"), ("OV.a", "b"), ("GNU.sparse.x", "1")])
        tar.add("a", "text")
        tar.end()
        for index in 512..<600 {
            for value in Array("019= \n-x\0".utf8) + [0xFF] {
                var damaged = tar.bytes
                damaged[index] = value
                _ = try? TarContents(damaged)
            }
        }
    }

    @Test(arguments: 1...300)
    func randomBlocksNeverStopTheProcess(_ seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var tar = TarBytes()
        for _ in 0..<12 {
            let type = random.pick(Array("0123567xgLKSVDMN\u{0}"))
            let name = random.pick(["a", "b/c", "../x", "", "/", "a/", String(repeating: "n", count: 100)])
            let records = random.pick(["", "9 size=1\n", "12 path=abc\n", "0 a=b\n", "99999999 a=b\n", "6 a=b\n", "x"])
            let size = random.pick(
                [nil, TarBytes.octal(700), TarBytes.binary(.max), TarBytes.binary(-1), Array("99999999999\0".utf8)])
            tar.add(name, random.pick([records, "content"]), type: type, size: random.isTrue(oneIn: 5) ? size : nil)
        }
        tar.end()
        var bytes = tar.bytes
        for _ in 0..<3 { bytes[Int.random(in: bytes.indices, using: &random)] = .random(in: 0...255, using: &random) }
        let results = [[1], [512], [3, 5000]].map { sizes in
            Result { () throws(ArchiveError) in try TarContents(bytes, sizes: sizes).texts }
        }
        #expect(results[0] == results[1] && results[1] == results[2])
    }

    @Test func somethingElseIsNoArchive() {
        for text in ["", "hello\n", String(repeating: "garbage ", count: 500)] {
            let error = failure(Array(text.utf8))
            #expect(error?.reason == .foreign)
            #expect(error?.message.contains("not a tar archive") == true)
        }
    }

    @Test func damageBehindTheFirstHeaderSaysWhere() {
        var bytes = Self.small.bytes
        bytes[1536] ^= 1
        let error = failure(bytes)
        #expect(error?.reason == .damaged)
        #expect(error.map(String.init(describing:)) == "it has a header with a wrong checksum (at byte 1536)")
    }

    @Test func whatComesBehindTheEndIsAnError() {
        let bytes = Self.small.bytes
        let error = failure(bytes + Array(repeating: 0, count: 9000) + [1])
        #expect(error?.reason == .damaged)
        #expect(error?.offset == Int64(bytes.count + 9000))
        #expect(failure(bytes + bytes)?.reason == .damaged)
        #expect(failure(bytes + Array(repeating: 0, count: 5 << 20))?.reason == .limitExceeded)
    }

    @Test(arguments: [
        TarBytes.binary(-1), TarBytes.binary(.min), [0x80] + Array(repeating: 0xFF, count: 11),
        [0xC0] + Array(repeating: 0, count: 11), Array("0000000000x\0".utf8), Array("-0000000001\0".utf8),
    ])
    func anImpossibleSizeIsAnError(_ size: [UInt8]) {
        var tar = TarBytes()
        tar.add("ok", "")
        tar.add("a", "", size: size)
        tar.end()
        let error = failure(tar.bytes)
        #expect(error?.reason == .damaged)
        #expect(error?.offset == 512)
    }

    @Test(arguments: ["", "-1", "1.5", "99999999999999999999", "0x10", "1e3"])
    func soIsOneInARecord(_ size: String) {
        var tar = TarBytes()
        tar.addExtended([("size", size)])
        tar.add("a", "")
        tar.end()
        #expect(failure(tar.bytes)?.reason == .damaged)
    }

    @Test(arguments: [Int64.max - 4096, 1_000_000_000_000_000_000, 100 << 30])
    func aHugeSizeEndsAtItsHeader(_ size: Int64) throws {
        var (header, record) = (TarBytes(), TarBytes())
        header.add("a", size: TarBytes.binary(size))
        record.addExtended([("size", "\(size)")])
        record.add("a")
        for tar in [header, record] {
            #expect(failure(tar.bytes)?.reason == .limitExceeded)
            #expect(failure(tar.bytes, adjust: { $0.archiveBytes = .max })?.reason == .truncated)
        }
    }

    @Test func aLargeFileIsDrained() throws {
        var tar = TarBytes()
        tar.add("large", String(repeating: "x", count: 3_000_000))
        tar.add("small", "small")
        tar.end()
        var limits = Limits()
        limits.documentBytes = 2_000_000
        let contents = try TarContents(tar.bytes, limits: limits)
        #expect(contents.texts == ["small": "small"])
        #expect(contents.warnings(about: "large").map(\.isUnchecked) == [true])
    }

    @Test func everythingIsBounded() throws {
        var tar = TarBytes()
        for number in 0..<40 { tar.add("f\(number)\u{1}", "text") }
        tar.end()
        let adjustments: [(inout ArchiveLimits) -> Void] = [
            { $0.files = 39 }, { $0.entries = 39 }, { $0.totalBytes = 159 }, { $0.archiveBytes = 40 * 1024 - 1024 },
        ]
        for adjust in adjustments { #expect(failure(tar.bytes, adjust: adjust)?.reason == .limitExceeded) }
        let contents = try TarContents(tar.bytes) {
            ($0.files, $0.entries, $0.totalBytes, $0.archiveBytes) = (40, 40, 160, 40 * 1024)
            $0.warnings = 3
        }
        #expect(contents.files.count == 40)
        #expect(contents.warnings.count == 4)
        #expect(contents.warnings.last?.message == "37 more warnings are not shown")
    }

    @Test func whatDescribesAFileIsBounded() throws {
        let long = String(repeating: "x", count: 5000)
        for records in [[("OV.a", long)], (0..<65).map { ("OV.\($0)", "x") }] {
            for type: Character in ["x", "g"] {
                var tar = TarBytes()
                tar.addExtended(records, type: type)
                tar.add("a")
                tar.end()
                #expect(failure(tar.bytes)?.reason == .limitExceeded)
            }
        }
        for type: Character in ["x", "L", "K", "g"] {
            var tar = TarBytes()
            tar.add("x", type: type, size: TarBytes.octal(2 << 20))
            #expect(failure(tar.bytes)?.reason == .limitExceeded)
        }
        var many = TarBytes()
        for _ in 0..<300 { many.addExtended([("comment", long)]) }
        #expect(failure(many.bytes)?.reason == .limitExceeded)
    }

    @Test func aHeaderThatDescribesNothingIsAnError() {
        for type: Character in ["x", "L", "K"] {
            var tar = TarBytes()
            tar.add("x", type == "x" ? TarBytes.record("path", "a") : "a\0", type: type)
            tar.end()
            #expect(failure(tar.bytes)?.reason == .damaged)
        }
        var tar = TarBytes()
        tar.addExtended([("path", "a")], type: "g")
        tar.end()
        #expect(failure(tar.bytes)?.reason == .damaged)
    }
}

extension Result where Success == [String: String], Failure == ArchiveError {
    fileprivate static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.success(let left), .success(let right)): left == right
        case (.failure(let left), .failure(let right)): left == right
        default: false
        }
    }
}
