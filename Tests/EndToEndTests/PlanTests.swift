// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem
import OVTestSupport
import OVTestTraits
import Synchronization
import Testing

/// What `--dry-run` announces is what the run then does, and what `--verify` finds afterwards is nothing, for each kind
/// of source that is built in.
@Suite(.inTurn) struct PlanTests {
    private static let target = "viking://resources/it"

    fileprivate enum Kind: String, CaseIterable, Sendable {
        case file, folder, git, archive, url, remoteArchive, site, feed

        var isSingle: Bool { self == .file || self == .url }
    }

    /// A source of some kind that holds what it is told to.
    private final class Place: Sendable {
        let kind: Kind
        private let ov: Installation
        private let server: ScriptedServer
        private let pages: Pages

        private final class Pages: Sendable {
            let bodies = Mutex<[String: [UInt8]]>([:])

            func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Step {
                guard let body = bodies.withLock({ $0[request.target] }) else { return .answer(404) }
                let tag = "\"\(body.hashValue)\""
                guard request.headers["if-none-match"] != tag else { return .answer(304, [("ETag", tag)]) }
                let type = request.target.hasSuffix(".xml") ? "application/xml" : "text/markdown"
                return .answer(200, [("ETag", tag), ("Content-Type", type)], body)
            }
        }

        init(_ kind: Kind, _ ov: Installation) throws {
            let pages = Pages()
            (self.kind, self.ov, self.pages) = (kind, ov, pages)
            server = try ScriptedServer { [pages.answer($0)] }
        }

        var words: [String] {
            switch kind {
            case .file: [ov.folder.path("work/one.md")]
            case .folder: [ov.folder.path("work")]
            case .git: ["git+file://" + ov.folder.path("work")]
            case .archive: [ov.folder.path("docs.tar"), "--arg", "strip=0"]
            case .url: [server.origin + "/one.md", "--allow-private-networks"]
            case .remoteArchive: [server.origin + "/docs.tar", "--arg", "strip=0", "--allow-private-networks"]
            case .site: [server.origin + "/", "--fetcher", "site", "--allow-private-networks"]
            case .feed: [server.origin + "/feed.xml", "--fetcher", "feed", "--allow-private-networks"]
            }
        }

        func put(_ documents: [String: String]) async throws {
            try? ov.folder.remove("work/docs")
            for (path, text) in documents { try ov.folder.write("work/" + path, text) }
            switch kind {
            case .file, .folder: break
            case .git:
                if access(ov.folder.path("work/.git"), F_OK) != 0 { try await ov.git("init", "-q", "-b", "main") }
                try await ov.git("add", "-A")
                try await ov.git("commit", "-q", "--allow-empty", "-m", "x")
            case .archive, .remoteArchive:
                let command = ["-C", ov.folder.path("work"), "-cf", ov.folder.path("docs.tar"), "docs", "one.md"]
                let packed = try await ChildProcess(ChildProcess.Command("/usr/bin/tar", command)).wait()
                try #require(packed.status == 0, "\(packed.summary)")
                let bytes = try ov.folder.read("docs.tar")
                pages.bodies.withLock { $0 = ["/docs.tar": bytes] }
            case .url, .site, .feed:
                let bodies = served(documents).mapValues { Array($0.utf8) }
                pages.bodies.withLock { $0 = bodies }
            }
        }

        private func served(_ documents: [String: String]) -> [String: String] {
            let targets = documents.keys.sorted().map { "/" + $0 }
            var bodies = Dictionary(uniqueKeysWithValues: documents.map { ("/" + $0.key, $0.value) })
            bodies["/sitemap.xml"] =
                "<urlset>" + targets.map { "<url><loc>\(server.origin)\($0)</loc></url>" }.joined() + "</urlset>"
            let entries = documents.sorted { $0.key < $1.key }.map { path, text in
                "<item><guid>\(server.origin)/\(path)</guid><title>\(path)</title><description>\(text)</description></item>"
            }
            bodies["/feed.xml"] = "<rss><channel>\(entries.joined())</channel></rss>"
            return bodies
        }
    }

    private static func names(_ value: JSONValue?) -> [String] { value?.array?.compactMap(\.string) ?? ["?"] }

    @Test(arguments: Kind.allCases)
    fileprivate func aPlanIsWhatTheRunDoes(_ kind: Kind) async throws {
        if kind == .git, access("/usr/bin/git", X_OK) != 0 { return }
        let ov = try Installation()
        let place = try Place(kind, ov)
        var documents: [String: String] = [:]
        for number in 0..<8 { documents["docs/\(number).md"] = "Text \(number) of a document.\n" }
        documents["one.md"] = "one\n"
        for round in 0..<4 {
            try await place.put(documents)
            let plan = try await ov.json(["ingest"] + place.words + ["--to", Self.target, "--dry-run"])
            if round > 0 {
                // Differs from what is kept, and says in what: the same that a plan says.
                let result = try await ov.run(
                    ["ingest"] + place.words + ["--to", Self.target, "--verify", "-o", "json"])
                let found = try JSONValue(parsing: result.output)
                #expect(found["matches"]?.bool == false && result.status == 1)
                for member in ["added", "changed", "removed"] {
                    #expect(Self.names(found[member]) == Self.names(plan[member]), "\(kind), \(round): \(member)")
                }
            }
            let run = try await ov.json(["ingest"] + place.words + ["--to", Self.target])
            let announced = ["added", "changed", "removed"].map { Int64(Self.names(plan[$0]).count) }
            #expect(run.counts == announced + [plan["unchanged"]?.integer ?? -1], "\(kind), round \(round)")
            #expect(run.counts[1] == (round == 0 ? 0 : kind.isSingle ? 1 : 2), "\(run.counts)")
            let found = try await ov.json(["ingest"] + place.words + ["--to", Self.target, "--verify"])
            #expect(found["matches"]?.bool == true, "\(kind), round \(round): \(found)")
            let same = try await ov.json(["ingest"] + place.words + ["--to", Self.target, "--dry-run"])
            #expect(["added", "changed", "removed"].allSatisfy { Self.names(same[$0]).isEmpty })
            documents["one.md"] = "one, for the time \(round + 2)\n"
            documents["docs/\(round).md"] = nil
            documents["docs/\(round + 4).md"] = "Text of round \(round) in place of another.\n"
            documents["docs/new-\(round).md"] = "New in round \(round).\n"
        }
        try await ov.checkStore()
    }
}
