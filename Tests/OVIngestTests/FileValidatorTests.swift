// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// From when on a file's status vouches for its content.
@Suite(.inTurn) struct FileValidatorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func isVouchedFor(millisecondsLater: Int64, wholeSeconds: Bool) async throws -> Bool {
        try folder.write("a.md", "a")
        var status = stat()
        if wholeSeconds { try folder.setModified("a.md", 1_600_000_000_000_000_000) }
        try #require(stat(folder.path("a.md"), &status) == 0)
        let touched = Int64(status.st_ctim.tv_sec) * 1000 + Int64(status.st_ctim.tv_nsec) / 1_000_000
        let clock = StoppedClock(instant: Timestamp(milliseconds: touched + millisecondsLater))
        let source = Source(fetcher: "folder", location: folder.path)
        return try await FolderFetcher(clock: clock).record(source).validators["a.md"] != nil
    }

    @Test(arguments: [(-1000, false), (0, false), (10, false), (12, true), (60_000, true)])
    func onlyOnceTheClockHasMovedOn(_ later: Int64, _ expected: Bool) async throws {
        #expect(try await isVouchedFor(millisecondsLater: later, wholeSeconds: false) == expected)
    }

    @Test(arguments: [(12, false), (1990, false), (2010, true)])
    func laterWhereTimesAreWholeSeconds(_ later: Int64, _ expected: Bool) async throws {
        #expect(try await isVouchedFor(millisecondsLater: later, wholeSeconds: true) == expected)
    }
}
