// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore

/// Folders that options name.
enum FolderOption {
    /// The folders as they are without symbolic links.
    /// - Throws: `INVALID_ARGUMENT` for one that is not there.
    static func resolve(_ paths: [String], in workingDirectory: String) throws(OVError) -> [String] {
        var resolved: [String] = []
        for path in paths {
            guard let real = realpath(path.hasPrefix("/") ? path : workingDirectory + "/" + path, nil) else {
                throw OVError(
                    .invalidArgument,
                    "--allow-path, or allow_paths in config.json: \(path): \(String(cString: strerror(errno)))",
                    hint: "name a folder that is there")
            }
            defer { free(real) }
            resolved.append(String(cString: real))
        }
        return resolved
    }
}
