// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Packages of others that tests use where they are installed.
enum ClientPackages {
    /// A Python that has some packages: the one of `OV_CLIENT_PYTHON`, which `.ci/run` prepares, or the system's. Says
    /// so when there is none.
    static func python(with packages: String...) -> String? {
        let named = getenv("OV_CLIENT_PYTHON").map { String(cString: $0) }
        let candidates = [named, "/usr/bin/python3", "/usr/local/bin/python3"].compactMap(\.self)
        let found = candidates.first { has(packages, $0) }
        if found == nil {
            let names = packages.joined(separator: ", ")
            let reason = "skipped: no Python with the packages \(names); name one in OV_CLIENT_PYTHON\n"
            _ = reason.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        }
        return found
    }

    private static func has(_ packages: [String], _ python: String) -> Bool {
        guard access(python, X_OK) == 0 else { return false }
        // Blocks for a moment, once.
        return "\(python) -c 'import \(packages.joined(separator: ", "))' 2>/dev/null".withCString { command in
            guard let stream = popen(command, "r") else { return false }
            return pclose(stream) == 0
        }
    }
}
