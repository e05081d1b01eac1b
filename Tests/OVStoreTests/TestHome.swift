// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem
import OVTestSupport
import Testing

@testable import OVStore

/// A home in a temporary folder, the stores that are opened on it, and a clock that stands at the year 2100: every
/// file that a test writes is old.
final class TestHome: Sendable {
    let folder: TemporaryFolder
    let clock = ManualClock(Sample.now)
    private let random: SeededRandom

    init(seed: UInt64 = 1) throws {
        folder = try TemporaryFolder()
        random = SeededRandom(seed: seed)
    }

    var path: String { folder.path("home") }
    var layout: Home { Home(path: path) }

    func open(
        _ files: any FileSystem = LocalFileSystem(), limits: Limits = Limits(), role: String = "test"
    ) async throws -> Store {
        try await Store.open(home: path, files: files, clock: clock, random: random, limits: limits, role: role)
    }

    /// A store that has read nothing yet.
    func unopened(_ files: any FileSystem = LocalFileSystem()) -> Store {
        Store.unopened(home: path, files: files, clock: clock, random: random, limits: Limits())
    }

    func bytes(_ name: String) throws -> [UInt8] { try folder.read("home/" + name) }
    func write(_ name: String, _ bytes: [UInt8]) throws { try folder.write("home/" + name, bytes) }
    func remove(_ name: String) throws { try folder.remove("home/" + name) }

    func exists(_ name: String) throws -> Bool { try LocalFileSystem().status(of: path + "/" + name) != nil }

    func status(_ name: String) throws -> FileStatus { try FileStatus(of: path + "/" + name) }

    /// Every file of the home with its content, the lock file apart: labels are not part of a store.
    func contents() throws -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for part in ["", "packs/"] {
            for name in try LocalFileSystem().names(in: path + "/" + part) where name != "state.lock" {
                guard try status(part + name).kind == .file else { continue }
                contents[part + name] = try bytes(part + name)
            }
        }
        return contents
    }

    /// Changes a file in place.
    func damage(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try bytes(name)
        change(&bytes)
        try write(name, bytes)
    }
}

/// Values to put into stores.
enum Sample {
    static let now = Timestamp(milliseconds: 4_102_444_800_000)
    static let owner = Owner(account: "default", user: "default")

    static func id(_ number: Int) -> TaskID {
        TaskID(high: 0x7F02_E980_8DF9_4F27, low: 0xA570_0000_0000_0000 | UInt64(number))
    }

    static func uri(_ path: String) throws -> VikingURI {
        try #require(VikingURI(canonical: "viking://resources/" + path))
    }

    /// A paused watch, which may be without a resource.
    static func watch(_ number: Int, reason: String = "") throws -> WatchTask {
        var watch = WatchTask(
            id: id(number), owner: owner, role: .root, uri: try uri("w\(number)"),
            source: Source(fetcher: "file", location: "/data/\(number)"), interval: try Interval(minutes: 60),
            reason: reason, createdAt: now)
        (watch.state, watch.nextRun) = (.paused, nil)
        return watch
    }

    static func task(_ number: Int, watch: TaskID? = nil, at path: String? = nil) throws -> TaskRecord {
        TaskRecord(
            id: id(number), kind: .watchRefresh, owner: owner, uri: try uri(path ?? "w\(number)"), watch: watch,
            trigger: .schedule, createdAt: now)
    }

    static func key(_ number: Int, role: Role = .root) -> AccessKey {
        let text = KeyText(random: SeededRandom(seed: UInt64(number)))
        return AccessKey(
            id: text.id, digest: Digest(of: Array(text.text.utf8)), role: role, owner: owner, createdAt: now)
    }

    static func resource(_ path: String) throws -> Resource {
        Resource(
            uri: try uri(path), owner: owner, source: Source(fetcher: "folder", location: "/data/" + path),
            createdAt: now, shape: .tree)
    }

    /// Text that does not compress, in letters.
    static func noise(_ count: Int, _ generator: inout SplitMix64) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".utf8)
        return String(decoding: generator.bytes(count).map { letters[Int($0 & 63)] }, as: UTF8.self)
    }
}

extension Store {
    /// Commits one watch.
    func put(_ number: Int, reason: String = "") async throws {
        let watch = try Sample.watch(number, reason: reason)
        try await commit { (transaction: inout Transaction) throws(OVError) in transaction.put(watch) }
    }

    nonisolated var watchIDs: [TaskID] { state.watches.values.map(\.id) }
}

/// Runs `body` and answers the error of the product that it throws.
func failure(_ body: () async throws -> Void) async -> OVError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? OVError
    }
}
