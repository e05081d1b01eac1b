// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

/// Finds programs by their names: in a folder of the store's own, then in each folder of `PATH`.
///
/// Whoever can write to one of these places runs programs as this user; a place that everybody can write to is
/// therefore refused.
struct PluginSearch: Sendable {
    private let folders: [String]

    /// How many names of a folder are looked at.
    private static let maximumNames = 20_000

    struct Program: Hashable, Sendable {
        /// Absolute.
        let path: String
        /// Other when the file is another.
        let stamp: String
    }

    /// - Parameters:
    ///   - own: the store's folder, absolute; nil for programs of the system only.
    ///   - searchPath: the value of `PATH`.
    init(own: String?, searchPath: String) {
        // What is relative means something else in every working directory.
        let search = searchPath.split(separator: ":").filter { $0.utf8.first == UInt8(ascii: "/") }.map(String.init)
        folders = (own.map { [$0] } ?? []) + search
    }

    static func searchPath(_ environment: [String: String]) -> String {
        environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    }

    /// - Returns: nil when there is none.
    /// - Throws: `FAILED_PRECONDITION` for a program that must not, or cannot, be run.
    func program(called file: String) throws(OVError) -> Program? {
        var notExecutable: String?
        for folder in folders {
            let path = folder + "/" + file
            guard let status = try? FileStatus(of: path), status.kind == .file else { continue }
            guard access(path, X_OK) == 0 else {
                notExecutable = notExecutable ?? path
                continue
            }
            try refuse(folder, ifEverybodyCanWrite: try? FileStatus(of: folder), for: file)
            try refuse(path, ifEverybodyCanWrite: status, for: file)
            return Program(path: path, stamp: "\(status.size) \(status.modified) \(path)")
        }
        if let notExecutable {
            throw OVError(
                .failedPrecondition, "\(file) cannot be run: \(notExecutable) is not executable",
                hint: "chmod +x \(notExecutable)")
        }
        return nil
    }

    /// What follows `prefix` in the names of files, each once, sorted; whether or not they can be run.
    func names(after prefix: String) -> [String] {
        var names: Set<String> = []
        let start = Array(prefix.utf8)
        for folder in folders {
            guard let descriptor = try? Descriptor(opening: folder, O_RDONLY | O_DIRECTORY),
                let listing = try? FolderListing(of: descriptor, atMost: Self.maximumNames)
            else { continue }
            for entry in listing.entries where listing.name(of: entry).starts(with: start) {
                names.insert(String(decoding: listing.name(of: entry).dropFirst(start.count), as: UTF8.self))
            }
        }
        return names.sorted()
    }

    private func refuse(_ path: String, ifEverybodyCanWrite status: FileStatus?, for file: String) throws(OVError) {
        guard let status, status.permissions & 0o002 != 0 else { return }
        throw OVError(
            .failedPrecondition, "\(file) is not run: everybody can write to \(path)", hint: "chmod o-w \(path)")
    }

    /// A number for a text: FNV-1a (Fowler, Noll, Vo). It need not resist an attack.
    static func version(of text: String) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash)
    }
}
