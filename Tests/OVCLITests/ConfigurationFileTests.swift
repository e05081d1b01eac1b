// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVEngine
import OVSystem
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct ConfigurationFileTests {
    private static func file(_ text: String) throws(OVError) -> ConfigurationFile {
        try ConfigurationFile(parsing: Array(text.utf8), path: "config.json")
    }

    @Test(arguments: [
        (#"{"acount": "a"}"#, "config.json: unknown key 'acount'", "did you mean 'account'?"),
        (#"{"frobnicate": 1}"#, "config.json: unknown key 'frobnicate'", "known keys: account, user"),
        (#"{"home": "/x"}"#, "config.json: unknown key 'home'", "known keys: "),
        (#"{"account": 1}"#, "config.json: 'account' must be text, not 1", ""),
        (#"{"output": "xml"}"#, #"config.json: 'output' must be "table" or "json", not "xml""#, ""),
        (#"{"compact": "yes"}"#, #"config.json: 'compact' must be true or false, not "yes""#, ""),
        (#"{"verbose": true}"#, "config.json: 'verbose' must be a whole number from 0 to 2, not true", ""),
        (#"{"limits": 3}"#, "config.json: 'limits' must be an object, not 3", ""),
        (#"{"limits": {"taks": 3}}"#, "config.json: unknown key 'limits.taks'", "did you mean 'limits.tasks'?"),
        (#"{"limits": {"tasks": 0}}"#, "'limits.tasks' must be a whole number from 1 to 1000000000, not 0", ""),
        (#"{"limits": {"tasks": 1.5}}"#, "must be a whole number from 1 to 1000000000, not 1.5", ""),
        (#"{"limits": {"task_days": -1}}"#, "'limits.task_days' must be a number of days above 0, at most 36500", ""),
        (#"{"limits": {"lock_wait_seconds": 1e99}}"#, "must be a number of seconds above 0, at most 3600", ""),
        (#"{"serve": {"prot": 3}}"#, "unknown key 'serve.prot'", "did you mean 'serve.port'?"),
        (#"{"serve": {"port": 65536}}"#, "'serve.port' must be a whole number from 0 to 65535, not 65536", ""),
        (#"{"serve": {"max_concurrency": 0}}"#, "must be a whole number from 1 to 1024, not 0", ""),
        (#"{"serve": {"scheduler": "no"}}"#, "'serve.scheduler' must be true or false", ""),
        (#"{"serve": {"allow_paths": "/x"}}"#, "'serve.allow_paths' must be a list, not", ""),
        (#"{"serve": {"allow_paths": ["x"]}}"#, "must be a list of absolute paths", ""),
        (#"{"serve": {"allow_fetchers": [1]}}"#, "must be a list of names of plug-ins", ""),
        (#"{"serve": {"allow_secrets": ["env:A"]}}"#, "'serve.allow_secrets[0]' must be an object", ""),
        (#"{"serve": {"allow_secrets": [{"secret": "env:A"}]}}"#, "must be like {", ""),
        (
            #"{"serve": {"allow_secrets": [{"secret": "env:A", "hots": "a"}]}}"#,
            "unknown key 'serve.allow_secrets[0].hots'", "did you mean 'serve.allow_secrets[0].host'?"
        ),
        (
            #"{"serve": {"allow_secrets": [{"secret": "s3cret", "host": "a"}]}}"#,
            #"must be "env:NAME", "file:/path" or "netrc""#, ""
        ),
        (
            #"{"serve": {"allow_secrets": [{"secret": "secret:1", "host": "a"}]}}"#,
            #"must be "env:NAME", "file:/path" or "netrc""#, ""
        ),
        (
            #"{"serve": {"allow_secrets": [{"secret": "file:a", "host": "a"}]}}"#,
            #"must be "env:NAME", "file:/path" or "netrc""#, ""
        ),
        (#"{"serve": {"allow_secrets": [{"secret": "env:A", "host": "a:80"}]}}"#, "the name of one host", ""),
        (#"{"serve": {"allow_secrets": [{"secret": "env:A", "host": "*.a"}]}}"#, "the name of one host", ""),
        ("[]", "config.json must hold a JSON object", ""),
        ("", "config.json is not valid JSON: unexpected end at byte 0", ""),
        (#"{"a": 1,}"#, "config.json is not valid JSON: ", ""),
    ])
    func `what is wrong is named`(text: String, message: String, hint: String) throws {
        let error = try #require(throws: OVError.self) { try Self.file(text) }
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains(message), "\(error.message)")
        #expect((error.hint ?? "").hasPrefix(hint), "\(error.hint ?? "")")
    }

    @Test func `every limit can be set`() throws {
        var expected = Limits()
        (expected.documentBytes, expected.documentsPerIngest, expected.bytesPerIngest) = (1, 2, 3)
        (expected.ingestDuration, expected.concurrentRuns, expected.noteBytes) = (.minutes(4), 5, 6)
        (expected.tasksPerWatch, expected.taskAge, expected.tasks) = (7, .days(8), 9)
        (expected.revisionsPerResource, expected.revisionAge, expected.tombstoneAge) = (10, .days(11), .hours(12))
        (expected.collectionDelay, expected.lockWait) = (.minutes(13), .seconds(14))
        (expected.connectTimeout, expected.idleTimeout, expected.redirects) = (.seconds(15), .seconds(16), 17)
        (expected.runsPerHost, expected.archiveRatio, expected.webPagesPerIngest) = (18, 19, 20)
        expected.fetchDuration = .minutes(21)
        let text = """
            {"limits": {"document_bytes": 1, "documents_per_ingest": 2, "bytes_per_ingest": 3, "ingest_minutes": 4,
            "concurrent_runs": 5, "note_bytes": 6, "tasks_per_watch": 7, "task_days": 8, "tasks": 9,
            "revisions_per_resource": 10, "revision_days": 11, "tombstone_days": 0.5, "collection_delay_minutes": 13,
            "lock_wait_seconds": 14, "connect_seconds": 15, "idle_seconds": 16, "redirects": 17, "runs_per_host": 18,
            "archive_ratio": 19, "web_pages_per_ingest": 20, "fetch_minutes": 21}}
            """
        #expect(try Self.file(text).limits == expected)
        for key in Limits.configurationKeys { #expect(text.contains("\"\(key)\"")) }
    }

    @Test func `everything about a server can be set`() throws {
        let text = """
            {"serve": {"host": "::1", "port": 0, "scheduler": false, "max_concurrency": 3,
            "allow_private_networks": true, "allow_paths": ["/a", "/b"], "allow_hosts": ["x.example"],
            "allow_fetchers": ["wiki"], "allow_secrets": [{"secret": "env:TOKEN", "host": "Git.Example"},
            {"secret": "file:/run/token", "host": "fe80::1"}]}}
            """
        let serve = try Self.file(text).serve
        #expect(serve.host == "::1" && serve.port == 0 && !serve.schedules && serve.concurrentRuns == 3)
        #expect(serve.allowsPrivateNetworks && serve.allowedPaths == ["/a", "/b"])
        #expect(serve.hostNames == ["x.example"] && serve.allowedFetchers == ["wiki"])
        #expect(serve.allowedSecrets.map(\.reference.text) == ["env:TOKEN", "file:/run/token"])
        #expect(serve.allowedSecrets.map(\.host) == ["git.example", "fe80::1"])
        for key in ServeOptions.configurationKeys { #expect(text.contains("\"\(key)\"")) }
    }

    @Test func `the manual says every key`() throws {
        let path = Golden.root + "/man/ov-config.5"
        let page = String(decoding: try Descriptor(opening: path, 0).read(1 << 20, at: 0), as: UTF8.self)
        for key in ConfigurationFile.keys + ServeOptions.configurationKeys + Limits.configurationKeys {
            #expect(page.contains(".B \(key)\n"), "\(key)")
        }
    }
}
