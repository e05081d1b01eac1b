// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct FolderListingTests {
    private typealias TemporaryFolder = OVTestSupport.TemporaryFolder

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ path: String = "") throws -> Descriptor {
        try Descriptor(opening: folder.path(path), O_RDONLY | O_DIRECTORY)
    }

    private func names(_ listing: FolderListing) -> [String] {
        listing.entries.map { String(decoding: listing.name(of: $0), as: UTF8.self) }
    }

    @Test func sortsByBytesAndLeavesOutTheFolderItself() throws {
        for name in ["b", "a", "ab", "B", "é", ".x", "..y", "a.b"] { try folder.write(name, "") }
        let listing = try FolderListing(of: open(), atMost: 100)
        #expect(names(listing) == ["..y", ".x", "B", "a", "a.b", "ab", "b", "é"])
        #expect(!listing.isTruncated)
    }

    @Test func canBeTakenTwiceFromOneDescriptor() throws {
        try folder.write("a", "")
        let descriptor = try open()
        #expect(try names(FolderListing(of: descriptor, atMost: 9)) == ["a"])
        #expect(try names(FolderListing(of: descriptor, atMost: 9)) == ["a"])
    }

    @Test func saysWhatAnEntryIsWithoutFollowingIt() throws {
        try folder.write("file", "1234")
        try folder.makeFolder("folder")
        try folder.makeLink("link", to: "file")
        try folder.makeFIFO("pipe")
        let descriptor = try open()
        let listing = try FolderListing(of: descriptor, atMost: 9)
        let kinds = try listing.entries.map { try listing.status(of: $0, in: descriptor).kind }
        #expect(kinds == [.file, .folder, .symbolicLink, .other])
        #expect(zip(listing.entries, kinds).allSatisfy { $0.kind == nil || $0.kind == $1 })
        let file = try #require(listing.entry(named: "file"))
        #expect(try listing.status(of: file, in: descriptor).size == 4)
        #expect(listing.entry(named: "fil") == nil)
        #expect(listing.entry(named: "zzz") == nil)
    }

    @Test func stopsAtTheNumberThatWasAskedFor() throws {
        for number in 0..<20 { try folder.write("\(number)", "") }
        let listing = try FolderListing(of: open(), atMost: 19)
        #expect(listing.isTruncated)
        #expect(listing.entries.count == 19)
        #expect(try !FolderListing(of: open(), atMost: 20).isTruncated)
    }

    @Test func aLocationIsFoundWithoutOpeningWhatLiesThere() throws {
        try folder.makeFIFO("sub/pipe")
        try folder.makeLink("link", to: "sub/pipe")
        let location = try open().opening("link".utf8, Descriptor.locationOnly)
        #expect(try location.status().noun == "FIFO")
        #expect(try location.resolvedPath() == Array(folder.path("sub/pipe").utf8))
    }

    @Test func aLocationIsReopenedAfterItsNameHasGone() throws {
        try folder.write("file", "text")
        let location = try open().opening("file".utf8, Descriptor.locationOnly)
        try folder.rename("file", to: "other")
        try folder.write("file", "something else")
        #expect(try location.reopened(O_RDONLY).read(10, at: 0) == Array("text".utf8))
    }

    @Test func aTemporaryFolderGoesAwayWhateverIsInIt() throws {
        var inner: TemporaryFolder? = try TemporaryFolder()
        let path = try #require(inner?.path)
        try inner?.write(String(repeating: "deep/", count: 500) + "x", "")
        try inner?.makeLink("link", to: folder.path)
        try inner?.makeFIFO("pipe")
        try inner?.makeFolder("shut")
        try inner?.setPermissions("shut", 0)
        inner = nil
        #expect(throws: SystemError.self) { try FileStatus(of: path) }
        #expect(try FileStatus(of: folder.path).kind == .folder)
    }
}
