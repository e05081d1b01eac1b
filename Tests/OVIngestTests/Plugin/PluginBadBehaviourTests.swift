// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// Plug-ins that do what they should not: an error that helps, and no process left.
@Suite(.inTurn) struct PluginBadBehaviourTests {
    private let home: PluginHome

    init() throws {
        home = try PluginHome()
        var tar = TarBytes()
        tar.add("a.md", String(repeating: "a", count: 3000))
        tar.add("b.md", "b")
        tar.end()
        try home.folder.write("source/whole.tar", tar.bytes)
        var hostile = TarBytes()
        hostile.add("a.md", "a")
        hostile.add("../x", "x")
        hostile.end()
        try home.folder.write("source/hostile.tar", hostile.bytes)
        var bomb = TarBytes()
        bomb.add("bomb", size: TarBytes.binary(100 << 30))
        try home.folder.write("source/bomb.tar", bomb.bytes)
    }

    private func failure(
        _ script: String, validators: [String: Validator] = [:], limits: Limits = Limits()
    ) async throws -> FetchError? {
        let (fetcher, source) = try home.script(script)
        let error = await #expect(throws: FetchError.self) {
            try await fetcher.record(source, validators: validators, limits: limits)
        }
        #expect(home.processes == 0)
        return error
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let script: String
        let cause: String
        let words: String
        var isPermanent = false
        var testDescription: String { script }
    }

    private static let unusable = "the plug-in's output cannot be used"

    @Test(arguments: [
        Bad(script: "echo garbage", cause: "bad_output", words: "not a tar archive"),
        Bad(script: "yes garbage", cause: "bad_output", words: "not a tar archive"),
        Bad(script: "exit 0", cause: "bad_output", words: "it is empty"),
        Bad(script: "exec 1>&-; exit 0", cause: "bad_output", words: "it is empty"),
        Bad(script: "head -c 2000 $1/whole.tar", cause: "bad_output", words: "in the middle of 'a.md' (at byte 2000)"),
        Bad(script: "head -c 4608 $1/whole.tar", cause: "bad_output", words: "without the mark of its end"),
        Bad(script: "head -c 4608 $1/whole.tar; exec 1>&-; exit 0", cause: "bad_output", words: "mark of its end"),
        Bad(script: "cat $1/whole.tar; echo more", cause: "bad_output", words: "behind the mark of its end"),
        Bad(script: "cat $1/whole.tar /dev/zero", cause: "limit_exceeded", words: "zeros", isPermanent: true),
        Bad(script: "cat $1/hostile.tar", cause: "bad_output", words: "'../x'", isPermanent: true),
        Bad(script: "cat $1/bomb.tar /dev/zero", cause: "limit_exceeded", words: "too large", isPermanent: true),
        Bad(script: "cat $1/whole.tar; exit 3", cause: "bad_output", words: "writes an archive all the same"),
        Bad(script: "head -c 600 /dev/zero | tr '\\0' x; exit 3", cause: "bad_output", words: "not a tar archive"),
        Bad(script: "exit 3", cause: "bad_output", words: "no document that it could know of"),
        Bad(script: "cat $1/whole.tar; echo no >&2; exit 1", cause: "plugin_failed", words: "no"),
        Bad(script: "exit 5", cause: "plugin_failed", words: "ended with status 5 and said nothing"),
        Bad(
            script: "echo usage; echo no source >&2; exit 64", cause: "invalid_argument", words: "no source",
            isPermanent: true),
        Bad(
            script: "echo is lost >&2; exit 66", cause: "source_gone", words: "source is not there any more: is lost",
            isPermanent: true),
        Bad(script: "echo later >&2; exit 75", cause: "plugin_failed", words: "later"),
        Bad(script: "echo not for you >&2; exit 77", cause: "access_denied", words: "not for you", isPermanent: true),
        Bad(script: "echo no token >&2; exit 78", cause: "invalid_argument", words: "no token", isPermanent: true),
        Bad(script: "exec no-such-program", cause: "plugin_failed", words: "no-such-program"),
        Bad(script: "kill -9 $$", cause: "plugin_failed", words: "ended by signal 9"),
        Bad(script: "cat $1/whole.tar; kill -TERM $$", cause: "plugin_failed", words: "ended by signal 15"),
    ])
    func whatItDoesWrongIsSaid(_ bad: Bad) async throws {
        let error = try #require(try await failure(bad.script + "\n"))
        #expect(error.cause == bad.cause)
        #expect(error.message.contains(bad.words), "\(error.message)")
        #expect((error.persistence == .permanent) == bad.isPermanent)
    }

    @Test func whatIsSaidLastIsTheMessage() async throws {
        let script = """
            head -c 20000000 /dev/zero | tr '\\0' x >&2
            printf '\\nfirst\\n\\n\\033[31msecond\\t\\377\\r\\n' >&2; echo third >&2; echo >&2; echo fourth >&2; exit 1
            """
        let error = try #require(try await failure(script))
        #expect(error.message == "[31msecond \u{FFFD}; third; fourth")
        let long = try #require(try await failure("head -c 5000 /dev/zero | tr '\\0' y >&2; exit 1"))
        #expect(long.message == String(repeating: "y", count: 400) + "…")
        let secret = try #require(try await failure("echo 'cannot get https://me:word@host/x, giving up' >&2; exit 1"))
        #expect(secret.message == "cannot get https://…@host/x, giving up")
    }

    @Test func nothingIsAcceptedUntilItHasEndedWell() async throws {
        let (fetcher, source) = try home.script("cat $1/whole.tar; sleep 0.2; exit 1\n")
        let sink = RecordingSink()
        await #expect(throws: FetchError.self) { try await fetcher.fetch(source, into: sink) }
        #expect(sink.record.paths == ["a.md", "b.md"])
        #expect(sink.record.expected.isEmpty)
    }

    @Test func endlessFilesEndAtTheLimit() async throws {
        var limits = Limits()
        limits.documentsPerIngest = 1000
        let script = """
            exec python3 -c '
            from sys import stdout
            from tarfile import TarFile, TarInfo
            with TarFile.open(fileobj=stdout.buffer, mode="w|") as tar:
                number = 0
                while True:
                    tar.addfile(TarInfo(str(number)))
                    number += 1
            '
            """
        #expect(try await failure(script, limits: limits)?.cause == "limit_exceeded")
        limits.documentBytes = 1 << 20
        limits.bytesPerIngest = 10 << 20
        // Much larger than one document may be, so that nothing of it is kept while it is read over.
        var large = TarBytes()
        large.add("large", size: TarBytes.binary(60 << 20))
        try home.folder.write("source/large", large.bytes)
        let error = try await failure("cat $1/large /dev/zero\n", limits: limits)
        #expect(error?.message.contains("zeros behind the mark of its end") == true)
    }

    @Test(arguments: ["sleep 1000", "cat $1/whole.tar; sleep 1000", "cat $1/whole.tar; exec 1>&-; sleep 1000"])
    func whatDoesNothingIsEnded(_ script: String) async throws {
        let home = try PluginHome(idleLimit: .milliseconds(300))
        try home.folder.write("source/whole.tar", try self.home.folder.read("source/whole.tar"))
        let (fetcher, source) = try home.script(script + "\n")
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
        #expect(error?.cause == "timed_out")
        #expect(home.processes == 0)
    }

    @Test(arguments: [
        "sleep 1000", "trap '' TERM INT HUP; setsid sleep 1000 & sleep 1000", "cat $1/large /dev/zero",
    ])
    func whatNeverEndsEndsWithItsTask(_ rest: String) async throws {
        var large = TarBytes()
        large.add("large", size: TarBytes.binary(15 << 30))
        try home.folder.write("source/large", large.bytes)
        let (fetcher, source) = try home.script("cat $1/first; \(rest)\n")
        var first = TarBytes()
        first.add("first", "text")
        first.add("next")
        try home.folder.write("source/first", Array(first.bytes))
        let (deliveries, delivered) = AsyncStream<Void>.makeStream()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await fetcher.fetch(source, into: SignallingSink(delivered: delivered)) }
            for await _ in deliveries { break }
            #expect(home.processes > 0)
            group.cancelAll()
            await #expect(throws: (any Error).self) { try await group.waitForAll() }
        }
        #expect(home.processes == 0)
    }

    @Test func whatItLeavesRunningIsEnded() async throws {
        let (fetcher, source) = try home.script("setsid sh -c 'sleep 1000 & sleep 1000' & cat $1/whole.tar; exit 0\n")
        #expect(try await fetcher.record(source).paths == ["a.md", "b.md"])
        #expect(home.processes == 0)
    }

    @Test(arguments: [
        ("#!/no/such/interpreter\n", "names a program that is not there"), ("no first line\n", "#!/bin/sh"),
        ("#!/etc\n", "executable"),
    ])
    func whatCannotBeStartedIsSaid(_ text: String, _ hint: String) async throws {
        try home.install("broken", text)
        let fetcher = try home.fetcher("broken")
        let source = Source(fetcher: "broken", location: "x")
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
        #expect(error?.cause == "plugin_failed")
        #expect(error?.persistence == .permanent)
        #expect(error?.message.contains("ov-fetch-broken cannot be started") == true)
        #expect(error?.hint?.contains(hint) == true)
    }

    @Test func aSourceThatIsTooLongForAProgramIsSaid() async throws {
        var (fetcher, source) = try home.script("exit 0\n")
        source.options.arguments = ["a": String(repeating: "x", count: 1 << 20)]
        let error = await #expect(throws: FetchError.self) { try await fetcher.record(source) }
        #expect(error?.hint?.contains("too long") == true)
    }
}

private struct SignallingSink: DocumentSink {
    let delivered: AsyncStream<Void>.Continuation

    func deliver(_ document: FetchedDocument) async throws { delivered.yield() }
    func keep(_ documents: [KeptDocument]) async throws {}
    func warn(_ warning: FetchWarning) async {}
    func expect(documents: Int) async {}
}
