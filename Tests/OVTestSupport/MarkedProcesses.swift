// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem

/// Finds processes by a variable in their environment, which whatever they start has too, wherever it goes.
package struct MarkedProcesses: Sendable {
    package let variable: String
    package let value: String

    /// By a value that nobody else has.
    package init(variable: String = "OV_TEST_MARK", value: String? = nil) {
        self.variable = variable
        self.value = value ?? "\(getpid())-\(UInt64.random(in: 0...(.max)))"
    }

    package var environment: [String: String] { [variable: value, "PATH": "/usr/bin:/bin"] }

    /// Those that run now; zombies are not among them.
    package var current: [pid_t] {
        guard let folder = try? Descriptor(opening: "/proc", O_RDONLY | O_DIRECTORY),
            let listing = try? FolderListing(of: folder, atMost: 1_000_000)
        else { return [] }
        let wanted = Array("\(variable)=\(value)".utf8)
        return listing.entries.compactMap { entry in
            let name = String(decoding: listing.name(of: entry), as: UTF8.self)
            guard let process = pid_t(name), let file = try? Descriptor(opening: "/proc/\(name)/environ", O_RDONLY),
                let variables = try? file.read(1 << 16, at: 0)
            else { return nil }
            return variables.split(separator: 0).contains { $0.elementsEqual(wanted) } ? process : nil
        }
    }
}
