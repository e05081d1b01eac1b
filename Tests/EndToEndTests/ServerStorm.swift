// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVTestSupport
import Testing

/// Rounds of a server that clients keep busy until it is killed, each round on what the one before has left.
///
/// A source is a link that is swapped from one folder to the next; all documents of a folder have the size that its
/// generation says, so half a revision shows in any listing. Notes are numbers that rise with each request, so a lost
/// one shows as well.
struct ServerStorm {
    private static let (sources, notes, documents, requests) = (2, 2, 20, 150)

    private let ov: Installation
    private var generator: SplitMix64
    /// The newest generation of each source, and the newest whose ingest was acknowledged.
    private var written = Array(repeating: 0, count: sources)
    private var acknowledged = Array(repeating: 0, count: sources)
    private var attemptedNotes = Array(repeating: 0, count: notes)
    private var acknowledgedNotes = Array(repeating: 0, count: notes)
    /// Watches that were asked for: whether they were acknowledged, and the same of their removal.
    private var made: [Int: Bool] = [:]
    private var removed: [Int: Bool] = [:]
    private var nextWatch = 0
    private(set) var acknowledgements = 0

    init(seed: UInt64) async throws {
        ov = try Installation()
        generator = SplitMix64(seed: seed)
        try ov.folder.write("tiny/a.md", "a\n")
        for source in 0..<Self.sources {
            try writeGeneration(of: source)
            try await ov.succeed("ingest", path(source), "--to", Self.uri(source), "--watch-interval", "0.02")
            acknowledged[source] = written[source]
        }
        for note in 0..<Self.notes {
            try await ov.succeed(
                "ingest", ov.folder.path("tiny"), "--to", Self.note(note), "--watch-interval", "90")
        }
    }

    private static func uri(_ source: Int) -> String { "viking://resources/s\(source)" }
    private static func note(_ number: Int) -> String { "viking://resources/n\(number)" }
    private static func watch(_ number: Int) -> String { "viking://resources/w/\(number)" }
    private func path(_ source: Int) -> String { ov.folder.path("s\(source)") }

    private mutating func writeGeneration(of source: Int) throws {
        written[source] += 1
        let folder = "g\(source)-\(written[source])"
        for document in 0..<Self.documents {
            let head = "document \(document) "
            let padding = Self.size(ofGeneration: written[source]) - head.utf8.count
            let text = head + String(repeating: "x", count: padding)
            try ov.folder.write("\(folder)/\(document).md", text)
        }
        try ov.folder.makeLink("link", to: ov.folder.path(folder))
        try ov.folder.rename("link", to: "s\(source)")
    }

    private static func size(ofGeneration generation: Int) -> Int { 40 + generation }

    // MARK: A round

    /// Starts a server, looks whether all is there, and kills it while it is busy.
    mutating func run(_ comment: Comment) async throws {
        let server = try await ov.serve("--allow-path", ov.folder.path)
        try await check(server, comment)
        for source in 0..<Self.sources { try writeGeneration(of: source) }
        let lists = makeRequests(to: server)
        let delay = Duration.milliseconds(Int.random(in: 0...500, using: &generator))
        let folder = ov.folder
        let answered = try await withThrowingTaskGroup(of: Set<String>.self) { group in
            for list in lists { group.addTask { try await list.send(from: folder) } }
            group.addTask {
                // The moment of the kill is what is being varied.
                try await Task.sleep(for: delay)
                server.process.signal(SIGKILL)
                _ = try await server.process.wait()
                return []
            }
            return try await group.reduce(into: Set<String>()) { $0.formUnion($1) }
        }
        note(answered)
        try await ov.checkStore()
    }

    private mutating func makeRequests(to server: RunningServer) -> [RequestList] {
        let url = server.url
        // Over TCP a link is what it points to, and then a swapped one another source.
        let local = Array(repeating: RequestList(socket: server.socket), count: Self.sources)
        var lists = Array(repeating: RequestList(), count: Self.notes) + local + [RequestList()]
        for note in 0..<Self.notes {
            for _ in 0..<Self.requests {
                attemptedNotes[note] += 1
                let number = attemptedNotes[note]
                lists[note].add(
                    "note.\(note).\(number)", "PATCH", "\(url)/api/v1/watches?to_uri=\(Self.note(note))",
                    #"{"reason":"\#(number)","is_active":\#(number.isMultiple(of: 2))}"#)
            }
        }
        for source in 0..<Self.sources {
            let body = #"{"path":"\#(path(source))","to":"\#(Self.uri(source))","wait":true}"#
            lists[Self.notes + source].add("source.\(source)", "POST", "\(url)/api/v1/resources", body)
            for _ in 0..<20 {
                lists[Self.notes + source].add(
                    "trigger", "POST", "\(url)/api/v1/watches/trigger?to_uri=\(Self.uri(source))")
            }
        }
        for _ in 0..<Self.requests / 2 {
            let number = nextWatch
            nextWatch += 1
            made[number] = false
            let body =
                #"{"path":"\#(ov.folder.path("tiny"))","to":"\#(Self.watch(number))","watch_interval":600}"#
            lists[lists.count - 1].add("make.\(number)", "POST", "\(url)/api/v1/resources", body)
            guard number.isMultiple(of: 3) else { continue }
            removed[number] = false
            lists[lists.count - 1].add(
                "remove.\(number)", "DELETE", "\(url)/api/v1/watches?to_uri=\(Self.watch(number))")
        }
        return lists
    }

    private mutating func note(_ answered: Set<String>) {
        acknowledgements += answered.count
        for tag in answered {
            let parts = tag.split(separator: ".")
            guard let number = parts.last.flatMap({ Int($0) }) else { continue }
            switch parts[0] {
            case "note":
                guard parts.count == 3, let note = Int(parts[1]) else { continue }
                acknowledgedNotes[note] = max(acknowledgedNotes[note], number)
            case "source": acknowledged[number] = written[number]
            case "make": made[number] = true
            case "remove": removed[number] = true
            default: break
            }
        }
    }

    // MARK: Looking

    /// Whether everything that was acknowledged is there, and nothing that nobody asked for.
    func check(_ server: RunningServer, _ comment: Comment) async throws {
        for source in 0..<Self.sources {
            let listed = try await server.curl("/api/v1/fs/ls?recursive=true&uri=\(Self.uri(source))")
            let entries = try #require(try listed.member("result").array)
            let sizes = Set(entries.compactMap { $0["size"]?.integer })
            try #require(entries.count == Self.documents && sizes.count == 1, "half a revision: \(listed)")
            let generation = Int(sizes.first ?? 0) - Self.size(ofGeneration: 0)
            #expect((acknowledged[source]...written[source]).contains(generation), comment)
        }
        let all = try #require(try await server.curl("/api/v1/watches").member("result").member("tasks").array)
        var watches: [String: JSONValue] = [:]
        for watch in all { watches[try #require(watch["to_uri"]?.string)] = watch }
        for note in 0..<Self.notes {
            let watch = try #require(watches[Self.note(note)])
            let number = watch["reason"]?.string.flatMap { Int($0) } ?? 0
            #expect((acknowledgedNotes[note]...attemptedNotes[note]).contains(number), comment)
            if number > 0 { #expect(watch["is_active"]?.bool == number.isMultiple(of: 2), comment) }
        }
        for (number, wasMade) in made {
            let isThere = watches[Self.watch(number)] != nil
            if let wasRemoved = removed[number] {
                if wasRemoved { #expect(!isThere, "\(comment): \(number) is back") }
            } else if wasMade {
                #expect(isThere, "\(comment): \(number) is gone")
            }
        }
        let known = Self.sources + Self.notes + made.count
        #expect(watches.count <= known, comment)
    }

    /// Whether the next server brings everything in order.
    func checkAftermath() async throws {
        let server = try await ov.serve("--allow-path", ov.folder.path)
        try await check(server, "afterwards")
        for source in 0..<Self.sources {
            let body = #"{"path":"\#(path(source))","to":"\#(Self.uri(source))","wait":true}"#
            let answer = try await server.curl("/api/v1/resources", "-d", body, "--unix-socket", server.socket)
            #expect(answer["status"]?.string == "ok", "\(answer)")
        }
        try await ov.poll("all runs end") {
            for status in ["running", "pending", "cancelling"] {
                let left = try await server.curl("/api/v1/tasks?status=\(status)")
                guard try left.member("result").array?.filter({ $0["trigger"]?.string != "schedule" }) == [] else {
                    return false
                }
            }
            return true
        }
        #expect(try await server.stop().status == 0)
        try await ov.checkStore()
    }
}
