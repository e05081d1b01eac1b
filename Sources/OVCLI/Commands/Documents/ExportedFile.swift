// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem

/// A file outside the store that a document is written to: whole or not at all.
struct ExportedFile {
    /// Absolute.
    let path: String

    /// - Parameters:
    ///   - path: what the user wrote: a file that need not exist, or a folder.
    ///   - name: what the file in a folder is called.
    init(path: String, name: String, in workingDirectory: String) throws(OVError) {
        guard !path.isEmpty else { throw OVError(.invalidArgument, "PATH must not be empty") }
        let relative = path == "." ? "" : path.hasPrefix("./") ? String(path.dropFirst(2)) : path
        let absolute = path.hasPrefix("/") ? path : workingDirectory + "/" + relative
        let isFolder = (try? FileStatus(of: absolute))?.kind == .folder
        if isFolder {
            self.path = (absolute.hasSuffix("/") ? absolute : absolute + "/") + name
        } else if absolute.hasSuffix("/") {
            throw OVError(.notFound, "there is no folder \(path)")
        } else {
            self.path = absolute
        }
    }

    /// Writes beside the target, then moves into its place.
    /// - Throws: `CONFLICT` when something is there and may not be replaced.
    func write(_ bytes: [UInt8], replacing: Bool) throws(OVError) {
        if let existing = try? FileStatus(of: path, followingLinks: false) {
            guard existing.kind == .file || existing.kind == .symbolicLink else {
                throw OVError(.conflict, "\(path) is there, and is not a file")
            }
            guard replacing else { throw Self.exists(path) }
        }
        let temporary = "\(path).ov-\(getpid())-\(UInt32.random(in: 0...(.max)))"
        do {
            let file = try Descriptor(opening: temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o666)
            try file.write(bytes)
            try file.synchronize()
        } catch {
            unlink(temporary)
            throw OVError(.processingError, error.description)
        }
        try move(temporary, replacing: replacing)
    }

    private func move(_ temporary: String, replacing: Bool) throws(OVError) {
        if !replacing {
            // A link fails when the name is taken, so that nothing that appeared meanwhile is lost.
            if link(temporary, path) == 0 {
                unlink(temporary)
                return
            }
            let cause = errno
            guard cause == EPERM || cause == EOPNOTSUPP || cause == EMLINK else {
                unlink(temporary)
                throw cause == EEXIST
                    ? Self.exists(path)
                    : OVError(.processingError, SystemError(errno: cause, operation: "create", path: path).description)
            }
        }
        guard rename(temporary, path) == 0 else {
            let failure = SystemError.last("create", path)
            unlink(temporary)
            throw OVError(.processingError, failure.description)
        }
    }

    private static func exists(_ path: String) -> OVError {
        OVError(.conflict, "\(path) is there already", hint: "replace it with --force")
    }
}
