// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVSystem
import OVTestSupport

/// A store's home with plug-ins in it, and a source beside it.
final class PluginHome: Sendable {
    let folder: TemporaryFolder
    /// In the environment of all that a plug-in starts.
    private let mark = "OV_FETCH_MARK=\(getpid())-\(UInt64.random(in: 0...(.max)))"
    private let supervisor: Supervisor
    private let idleLimit: Duration

    init(idleLimit: Duration = .seconds(120)) throws {
        folder = try TemporaryFolder()
        try folder.makeFolder("home/fetchers")
        supervisor = Supervisor(executable: try productFolder() + "/ov")
        self.idleLimit = idleLimit
    }

    static let path = "/usr/local/bin:/usr/bin:/bin"

    func surroundings(_ environment: [String: String] = [:]) -> Surroundings {
        let parts = mark.split(separator: "=").map(String.init)
        var surroundings = Surroundings(
            home: folder.path("home"),
            environment: ["PATH": Self.path, parts[0]: parts[1]].merging(environment) { $1 })
        surroundings.supervisor = supervisor
        return surroundings
    }

    func folders(_ environment: [String: String] = [:]) -> PluginFolders {
        PluginFolders(surroundings(environment), idleLimit: idleLimit)
    }

    /// Puts a program into the home's folder for plug-ins.
    func install(_ name: String, _ text: String, mode: mode_t = 0o755) throws {
        try install(program: "home/fetchers/ov-fetch-\(name)", text, mode)
    }

    /// Puts a program into the home's folder for converters.
    func installConverter(_ name: String, _ text: String, mode: mode_t = 0o755) throws {
        try install(program: "home/converters/ov-convert-\(name)", text, mode)
    }

    private func install(program path: String, _ text: String, _ mode: mode_t) throws {
        try folder.write(path, text)
        try folder.setPermissions(path, mode)
        try waitUntilNobodyWrites(path)
    }

    /// A process that another test starts has, for an instant, all that is open here; and a program that somebody has
    /// open for writing cannot be started. A lease for reading is given out when nobody has.
    private func waitUntilNobodyWrites(_ path: String) throws {
        let (setLease, file) = (Int32(1024), try Descriptor(opening: folder.path(path), O_RDONLY))
        while fcntl(file.number, setLease, F_RDLCK) != 0, errno == EAGAIN { sched_yield() }
        _ = fcntl(file.number, setLease, F_UNLCK)
    }

    /// Puts one of the repository's examples there.
    func installExample(_ name: String) throws { try install(name, Self.example(name)) }

    static func example(_ name: String) throws -> String { try repositoryFile("fixtures/fetchers/ov-fetch-\(name)") }

    static func repositoryFile(_ path: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
        let file = try Descriptor(opening: "/\(root)/\(path)", O_RDONLY)
        return String(decoding: try file.read(Int(try file.status().size), at: 0), as: UTF8.self)
    }

    func fetcher(_ name: String) throws -> PluginFetcher {
        guard let fetcher = try folders().fetcher(named: name) else {
            throw OVError(.notFound, "no plug-in '\(name)'")
        }
        return fetcher
    }

    /// A script as a fetcher, and the source that it is for.
    func script(_ lines: String) throws -> (fetcher: PluginFetcher, source: Source) {
        try install("test", "#!/bin/sh\n" + lines)
        return (try fetcher("test"), Source(fetcher: "test", location: folder.path("source")))
    }

    /// How many processes run that a plug-in of this home has started. Zombies have no environment.
    var processes: Int {
        guard let folder = try? Descriptor(opening: "/proc", O_RDONLY | O_DIRECTORY),
            let listing = try? FolderListing(of: folder, atMost: 1_000_000)
        else { return -1 }
        return listing.entries.count { entry in
            let name = String(decoding: listing.name(of: entry), as: UTF8.self)
            guard let file = try? Descriptor(opening: "/proc/\(name)/environ", O_RDONLY),
                let variables = try? file.read(1 << 16, at: 0)
            else { return false }
            return variables.split(separator: 0).contains { $0.elementsEqual(mark.utf8) }
        }
    }
}
