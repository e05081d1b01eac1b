// SPDX-License-Identifier: Apache-2.0

internal import COVSystem
import Glibc

/// The hidden mode of the executable in which it starts one program and answers for everything that comes of it.
///
///     ov --supervise LIFELINE -- PROGRAM ARGUMENT…
///
/// `LIFELINE` is the number of a descriptor that reads as ended when the process that asked is gone, however it
/// ended, or wants an end. Then, and also when the program has ended by itself, all that descends from the program
/// is killed: forked, orphaned, in sessions of its own or not. That needs a process of its own, because only the
/// kernel's list of a parent's children knows them all, and only somebody who outlives a `kill -9` can use it.
///
/// The program gets standard input, output and error, and no other descriptor. This process ends as the program did:
/// with its status, or by its signal. Where the program cannot be started it ends with 127, and if the lifeline is a
/// socket it writes the error number there, as text.
package enum ChildSupervisor {
    package static let option = "--supervise"
    static let statusOfFailure: Int32 = 127

    /// Does its work if the process was started for that.
    /// - Returns: the status to exit with; nil when the process was started for something else.
    package static func run() -> Int32? {
        let arguments = CommandLine.unsafeArgv
        guard CommandLine.argc > 4, word(arguments[1]) == option, word(arguments[3]) == "--",
            let lifeline = Int32(word(arguments[2])), lifeline > STDERR_FILENO
        else { return nil }
        guard let signals = prepare(lifeline) else { return statusOfFailure }
        var program: pid_t = 0
        // Passed on as they came, because arguments need not be UTF-8.
        let failure = ov_spawn(&program, arguments[4], arguments + 4, environ, [0, 1, 2], 3, nil, 0)
        guard failure == 0 else {
            report(failure, on: lifeline)
            return statusOfFailure
        }
        letGoOfStandardDescriptors()
        var family = SupervisedFamily(program: program, signals: signals)
        let signal = family.wait(lifeline: lifeline)
        family.end()
        return exit(as: signal ?? family.status)
    }

    private static func word(_ text: UnsafeMutablePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }

    /// - Returns: a descriptor for the signals that this process waits for; nil when the system refuses one.
    private static func prepare(_ lifeline: Int32) -> Int32? {
        _ = fcntl(lifeline, F_SETFD, FD_CLOEXEC)
        // A signal for the terminal's group is for those who decide. Fails where that holds already.
        _ = setsid()
        signal(SIGCHLD, SIG_DFL)
        signal(SIGPIPE, SIG_IGN)
        let signals = ov_signal_descriptor([SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT], 5)
        guard signals >= 0, ov_become_subreaper() == 0 else {
            report(errno, on: lifeline)
            return nil
        }
        return signals
    }

    private static func report(_ failure: Int32, on lifeline: Int32) {
        let text = Array(String(failure).utf8)
        send(lifeline, text, text.count, Int32(MSG_NOSIGNAL))
    }

    /// Whoever reads what the program writes sees the end when the program has closed it, not when we end.
    private static func letGoOfStandardDescriptors() {
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        for number in STDIN_FILENO...STDERR_FILENO { if nothing >= 0 { dup2(nothing, number) } else { close(number) } }
    }

    /// - Parameter status: as `waitpid` gives it.
    private static func exit(as status: Int32) -> Int32 {
        let signal = status & 0x7F
        guard signal != 0 else { return status >> 8 & 0xFF }
        // The program's core may be of use, ours is not.
        var none = rlimit()
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        Glibc.signal(signal, SIG_DFL)
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, signal)
        kill(getpid(), signal)
        sigprocmask(SIG_UNBLOCK, &set, nil)
        return 128 + signal
    }
}

/// A program and what descends from it.
private struct SupervisedFamily {
    let program: pid_t
    let signals: Int32
    /// How the program ended, as `waitpid` gives it; killed, until more is known.
    private(set) var status: Int32 = SIGKILL
    private var hasEnded = false

    init(program: pid_t, signals: Int32) {
        self.program = program
        self.signals = signals
    }

    /// Waits for the program's end, or for a reason to end it.
    /// - Returns: the signal that was the reason, if it was one.
    mutating func wait(lifeline: Int32) -> Int32? {
        while true {
            var watched = [
                pollfd(fd: lifeline, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&watched, 2, -1) >= 0 || errno == EINTR else { return nil }
            while case let signal = ov_next_signal(signals), signal != 0 {
                guard signal == SIGCHLD else { return signal }
            }
            reap()
            // Nobody says anything on the lifeline, so whatever can be read is its end.
            if hasEnded || watched[0].revents != 0 { return nil }
        }
    }

    /// Kills until nothing is left.
    ///
    /// The children of one that dies become ours, so each round reaches deeper. What forks while it is searched for
    /// is caught by its group, which the kernel kills as a whole, or in the next round: a round takes less time than
    /// it takes a process to start another and a new session.
    mutating func end() {
        let (own, isLeader) = (getpgrp(), getsid(0) == getpid())
        while true {
            for child in ProcessChildren.current() {
                let group = getpgid(child)
                // Without a session of our own a child could have joined a group that is none of ours.
                if isLeader, group > 1, group != own { kill(-group, SIGKILL) }
                kill(child, SIGKILL)
            }
            guard reap() else { return }
            var watched = pollfd(fd: signals, events: Int16(POLLIN), revents: 0)
            poll(&watched, 1, 1)
            while ov_next_signal(signals) != 0 {}
        }
    }

    /// Takes leave of those that have ended.
    /// - Returns: whether any are left.
    @discardableResult private mutating func reap() -> Bool {
        while true {
            var status: Int32 = 0
            let child = retryingInterrupts { waitpid(-1, &status, WNOHANG) }
            guard child > 0 else { return child == 0 }
            if child == program {
                self.status = status
                hasEnded = true
            }
        }
    }
}
