// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import OVCore
import OVSystem
import ServiceLifecycle

/// Keeps what clients upload until it is used, at most a day: a folder for each, with the file in it.
package struct UploadStore: Service {
    private static let sweepInterval = Milliseconds.hours(1)
    /// What is not there as a whole yet.
    static let unfinished = ".part"

    let home: String
    let folder: String
    let limits: HTTPLimits
    let clock: any WallClock
    let random: any RandomSource
    let threads: ThreadPool
    let logger: Logger

    /// - Parameter home: of the store.
    package init(
        home: String, limits: HTTPLimits, clock: any WallClock, random: any RandomSource, threads: ThreadPool,
        logger: Logger
    ) {
        self.home = home
        folder = UploadReference.folder(inHome: home)
        self.limits = limits
        self.clock = clock
        self.random = random
        self.threads = threads
        self.logger = logger
    }

    /// Removes what nobody has used, now and every hour.
    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                await blocking { sweep() }
                try await clock.sleep(for: Self.sweepInterval)
            }
        }
    }

    /// Removes uploads that are older than a day.
    func sweep() {
        guard let descriptor = try? Descriptor(opening: folder, O_RDONLY | O_DIRECTORY),
            let listing = try? FolderListing(of: descriptor, atMost: 100_000)
        else { return }
        let oldest = clock.now().advanced(by: Milliseconds(-limits.uploadAge.count))
        for entry in listing.entries {
            let path = folder + "/" + String(decoding: listing.name(of: entry), as: UTF8.self)
            guard let status = try? FileStatus(of: path), status.modified / 1_000_000 < oldest.milliseconds else {
                continue
            }
            remove(path)
            logger.info("an upload was not used", metadata: ["upload": "\(path)"])
        }
    }

    /// Begins an upload.
    func begin(fileName: String?) async throws(OVError) -> PendingUpload {
        let id = random.nextTaskID()
        let name = fileName.flatMap(Self.segment) ?? "upload"
        let path = folder + "/" + id.description
        let file = try await writing { () throws(SystemError) in
            for place in [home, folder, path + Self.unfinished] where mkdir(place, 0o700) != 0 && errno != EEXIST {
                throw SystemError.last("make", place)
            }
            return try Descriptor(
                opening: path + Self.unfinished + "/" + name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW)
        }
        return PendingUpload(reference: UploadReference(id: id), path: path, file: file)
    }

    func append(_ bytes: [UInt8], to upload: PendingUpload) async throws(OVError) {
        try await writing { () throws(SystemError) in try upload.file.write(bytes) }
    }

    /// Makes an upload one that can be ingested.
    func finish(_ upload: PendingUpload) async throws(OVError) {
        try await writing { () throws(SystemError) in
            guard rename(upload.path + Self.unfinished, upload.path) == 0 else {
                throw SystemError.last("rename", upload.path)
            }
        }
    }

    func abandon(_ upload: PendingUpload) async { await blocking { remove(upload.path + Self.unfinished) } }

    /// The last part of a name that a client sent, if a file can be called that.
    private static func segment(_ name: String) -> String? {
        let last = name.utf8.split(whereSeparator: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") }).last
        guard let last = last.map({ String(Substring($0)) }), VikingURI.isSegment(last), last.utf8.count <= 200 else {
            return nil
        }
        return last
    }

    /// Removes a folder with what lies in it, which has no folders of its own.
    private func remove(_ path: String) {
        if let descriptor = try? Descriptor(opening: path, O_RDONLY | O_DIRECTORY),
            let listing = try? FolderListing(of: descriptor, atMost: 100)
        {
            for entry in listing.entries {
                unlink(path + "/" + String(decoding: listing.name(of: entry), as: UTF8.self))
            }
        }
        rmdir(path)
    }

    private func blocking(_ body: @escaping @Sendable () -> Void) async {
        await withTaskExecutorPreference(threads) { body() }
    }

    private func writing<Value: Sendable>(_ body: @escaping @Sendable () throws(SystemError) -> Value)
        async throws(OVError) -> Value
    {
        do throws(SystemError) {
            return try await withTaskExecutorPreference(threads) { () async throws(SystemError) in try body() }
        } catch {
            throw OVError(
                .unavailable, "cannot keep the upload: \(error.reason)",
                hint: error.errno == ENOSPC ? "make room on the disk that holds the store" : nil)
        }
    }
}

/// A file that is coming in.
struct PendingUpload: Sendable {
    let reference: UploadReference
    /// Where its folder will be.
    let path: String
    let file: Descriptor
}
