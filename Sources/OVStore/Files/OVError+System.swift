// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem

extension OVError {
    /// What a failed system call means to a caller: the store cannot serve it now.
    init(_ error: SystemError) {
        let hint: String? =
            switch error.errno {
            case ENOSPC, EDQUOT: "free some space on that disk and try again; nothing that was acknowledged is lost"
            case EACCES, EPERM, EROFS: "the store's folder must belong to you and be writable; --home names another"
            case EIO: "the disk reports an error; look at the system's log, then run `ov store check`"
            case EMFILE, ENFILE: "too many files are open; raise the limit (`ulimit -n`)"
            default: nil
            }
        self.init(.unavailable, error.description, hint: hint)
    }

    /// A store whose files are not what they must be. Stops everything but maintenance.
    static func damaged(_ file: String, _ reason: String) -> OVError {
        OVError(
            .unavailable, "the store is damaged: \(file): \(reason)",
            hint: "nothing was changed; `ov store check` tells more, `ov store repair` brings back what is sound",
            details: ["damaged_file": .string(file)])
    }
}

/// Runs system calls and says their failures in the words of a caller.
func translatingErrors<Result>(_ body: () throws(SystemError) -> Result) throws(OVError) -> Result {
    do {
        return try body()
    } catch {
        throw OVError(error)
    }
}
