// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem

/// The command line as a program.
package enum OVCLI {
    /// Runs what the process was asked for and ends it with the exit status.
    ///
    /// Everything runs on threads that may block: a command writes to pipes that somebody may read slowly.
    package static func main() async -> Never {
        // A reader that goes away is an error of `write`, which ends the command quietly.
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        let status = await withTaskExecutorPreference(ThreadPool(count: 4)) {
            await CommandRunner(context: CompositionRoot.context()).run(arguments)
        }
        exit(status)
    }
}
