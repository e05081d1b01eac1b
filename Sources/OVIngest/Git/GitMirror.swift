// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

/// A bare repository in the cache that holds, of one location, the newest commit of each ref that was asked for.
///
/// Everything in it can be fetched again, so what is broken is made anew. It belongs to one run at a time, of
/// whatever process: a kernel lock holds for as long as this value is referenced.
struct GitMirror: Sendable {
    let git: GitProgram
    let location: GitLocation
    private let folder: String
    private let lock: Descriptor

    /// How many refs one mirror serves; beyond that it begins anew.
    private static let maximumRefs = 64

    var repository: String { folder + "/repository.git" }

    /// Waits for the mirror of a location, which need not exist.
    /// - Parameter cache: the folder of all mirrors, which does exist.
    /// - Throws: `FetchError` when another run keeps it for longer than `wait`, `CancellationError`.
    static func take(
        _ location: GitLocation, in cache: String, git: GitProgram, clock: any WallClock, wait: Milliseconds
    ) async throws -> GitMirror {
        let folder = cache + "/" + digest(location.text)
        let lock: Descriptor
        do {
            try CacheFolder.make(folder)
            lock = try Descriptor(opening: folder + "/lock", O_RDWR | O_CREAT)
            var (pause, waited) = (Milliseconds(10), Milliseconds.zero)
            while try !lock.tryLock(byte: 0) {
                guard waited < wait else {
                    throw FetchError.transient(
                        cause: "mirror_busy", "\(location.text) is being fetched by another run, for long already",
                        hint: "try again; if that process hangs, end it: its lock goes with it")
                }
                try await clock.sleep(for: pause)
                waited = Milliseconds(waited.count + pause.count)
                pause = min(Milliseconds(pause.count * 2), .seconds(1))
            }
            // Tells the collection of unused mirrors that this one is in use.
            _ = futimens(lock.number, nil)
        } catch let error as SystemError {
            throw FetchError.cache(error)
        }
        let mirror = GitMirror(git: git, location: location, folder: folder, lock: lock)
        mirror.removeRemains()
        return mirror
    }

    /// Has the commit that a ref stands for, fetched only if it is not there.
    /// - Returns: the commit, which is a newer one when the ref moved since it was asked about.
    /// - Throws: `GitFailure`, `FetchError`, `CancellationError`.
    func bring(_ probe: GitProbe, access: GitProgram.Access) async throws -> String {
        let format = probe.commit.utf8.count == 64 ? "sha256" : "sha1"
        if isUsable(format), read(slot(of: probe)) == probe.commit { return probe.commit }
        if !isUsable(format) { try await make(format) }
        do {
            return try await fetch(probe, access)
        } catch let failure as GitFailure where !failure.isOfTheSource {
            try await make(format)
            return try await fetch(probe, access)
        }
    }

    /// Forgets everything, so that the next `bring` fetches.
    /// - Throws: `FetchError`.
    func discard() throws(FetchError) {
        do {
            try? Descriptor.removeFile(marker)
            try Descriptor.removeFolder(repository)
        } catch {
            throw .cache(error)
        }
    }

    private func fetch(_ probe: GitProbe, _ access: GitProgram.Access) async throws -> String {
        let slot = slot(of: probe)
        // Shallow, and a moved branch's new commit need not come after the old one.
        var command = ["fetch", "--progress", "--depth=1", "--update-shallow", "--no-tags", "--no-recurse-submodules"]
        command += ["--no-write-fetch-head", "--no-auto-maintenance", "--force"]
        if let program = access.uploadPack { command += ["--upload-pack=\(program)"] }
        command += ["--", location.text, "\(probe.wanted):refs/ov/\(slot)"]
        _ = try await git.run(command, in: repository, access: access)
        let output = try await git.run(
            ["rev-parse", "--verify", "--quiet", "--end-of-options", "refs/ov/\(slot)^{commit}"], in: repository)
        let commit = String(decoding: output.prefix { $0 != 10 }, as: UTF8.self)
        try write(slot, commit)
        return commit
    }

    // MARK: - Making

    /// Written when the repository is complete: its object format and its location, since two could share a digest.
    private var marker: String { folder + "/location" }

    private func isUsable(_ format: String) -> Bool {
        let slots = (try? FolderListing(of: Descriptor(opening: folder, O_RDONLY), atMost: 4096))?.entries.count ?? 0
        return slots < Self.maximumRefs + 3 && read("location") == "\(format) \(location.text)"
            && (try? FileStatus(of: repository + "/HEAD")) != nil
    }

    private func make(_ format: String) async throws {
        do {
            try Descriptor.removeFolder(repository)
            let listing = try FolderListing(of: Descriptor(opening: folder, O_RDONLY), atMost: 4096)
            for entry in listing.entries {
                let name = String(decoding: listing.name(of: entry), as: UTF8.self)
                if name != "lock" { try Descriptor.removeFile(folder + "/" + name) }
            }
        } catch {
            throw FetchError.cache(error)
        }
        let command = ["init", "--bare", "--quiet", "--template=", "--object-format=\(format)", repository]
        _ = try await git.run(command, in: nil)
        try write("location", "\(format) \(location.text)")
    }

    /// What a fetch leaves that was killed.
    private func removeRemains() {
        for name in ["shallow.lock", "packed-refs.lock", "config.lock", "HEAD.lock", "gc.pid"] {
            try? Descriptor.removeFile(repository + "/" + name)
        }
        for (inner, isRemains) in [
            ("refs/ov", { (name: String) in name.hasSuffix(".lock") }), ("objects/pack", { $0.hasPrefix("tmp_") }),
        ] {
            for name in names(in: repository + "/" + inner) where isRemains(name) {
                try? Descriptor.removeFile(repository + "/" + inner + "/" + name)
            }
        }
    }

    // MARK: - Upkeep

    /// Drops what no ref needs any more, once that has become much: each fetch adds to what there is.
    func tidy() async throws {
        let packs = names(in: repository + "/objects/pack").filter { $0.hasSuffix(".pack") }.count
        // Ids are spread evenly over 256 folders.
        let loose = names(in: repository + "/objects/17").count * 256
        guard packs > 12 || loose > 4000 else { return }
        do {
            _ = try await git.run(["gc", "--prune=now", "--quiet", "--force"], in: repository)
        } catch is GitFailure {
            // A repository that cannot be tidied is made anew when it is needed.
            try discard()
        }
    }

    /// Removes mirrors that no run has used for 60 days.
    static func removeUnused(in cache: String, clock: any WallClock) {
        let oldest = (clock.now().milliseconds - Milliseconds.days(60).count) * 1_000_000
        guard let folder = try? Descriptor(opening: cache, O_RDONLY | O_DIRECTORY),
            let listing = try? FolderListing(of: folder, atMost: 100_000)
        else { return }
        for entry in listing.entries {
            let path = cache + "/" + String(decoding: listing.name(of: entry), as: UTF8.self)
            guard let status = try? FileStatus(of: path + "/lock"), status.modified < oldest,
                let lock = try? Descriptor(opening: path + "/lock", O_RDWR), (try? lock.tryLock(byte: 0)) == true
            else { continue }
            // The lock's file stays for those who wait for it; a folder with nothing else is no burden.
            try? Descriptor.removeFile(path + "/location")
            try? Descriptor.removeFolder(path + "/repository.git")
        }
    }

    // MARK: - Files

    private func slot(of probe: GitProbe) -> String { Self.digest(probe.wanted) }

    private func names(in path: String) -> [String] {
        guard let folder = try? Descriptor(opening: path, O_RDONLY | O_DIRECTORY),
            let listing = try? FolderListing(of: folder, atMost: 100_000)
        else { return [] }
        return listing.entries.map { String(decoding: listing.name(of: $0), as: UTF8.self) }
    }

    private func read(_ name: String) -> String? {
        guard let file = try? Descriptor(opening: folder + "/" + name, O_RDONLY),
            let bytes = try? file.read(16 << 10, at: 0)
        else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    /// Not synced: what a crash takes away is fetched again.
    private func write(_ name: String, _ text: String) throws(FetchError) {
        do {
            let file = try Descriptor(opening: folder + "/" + name, O_WRONLY | O_CREAT | O_TRUNC)
            try file.write(Array(text.utf8))
        } catch {
            throw .cache(error)
        }
    }

    /// A short name for a text: FNV-1a with 128 bits. It need not resist an attack, because the text itself
    /// is compared too.
    private static func digest(_ text: String) -> String {
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        for byte in text.utf8 { hash = (hash ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }
}
