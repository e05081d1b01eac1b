// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What the process ends with: the one table, which the help and the manual repeat.
package enum ExitStatus {
    package static let success: Int32 = 0
    package static let failure: Int32 = 1
    package static let usage: Int32 = 2
    package static let unavailable: Int32 = 3
    package static let interrupted: Int32 = 130
    package static let brokenPipe: Int32 = 141
    package static let terminated: Int32 = 143

    /// The rows of the table for people.
    static let meanings: [(status: Int32, meaning: String)] = [
        (success, "success"),
        (failure, "it failed: not found, in conflict, or it did not work"),
        (usage, "wrong usage: unknown command or option, bad value, invalid URI"),
        (unavailable, "no server answers, or the store is unavailable or locked"),
        (interrupted, "interrupted (SIGINT)"),
        (terminated, "terminated (SIGTERM)"),
    ]
}

extension OVError.Code {
    /// The status with which a command ends that failed with this code.
    package var exitStatus: Int32 {
        switch self {
        case .invalidArgument, .invalidURI: ExitStatus.usage
        case .unavailable: ExitStatus.unavailable
        case .contradictoryArguments, .unauthenticated, .permissionDenied, .notFound, .methodNotAllowed, .conflict,
            .failedPrecondition, .massDeletionHeld, .cursorTooOld, .payloadTooLarge, .resourceExhausted,
            .processingError, .deadlineExceeded, .cancelled, .internal:
            ExitStatus.failure
        }
    }
}

/// Ends a command with a status when everything there is to say has been said.
struct SilentExit: Error, Hashable {
    let status: Int32
}
