// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A thread for one piece of heavy work, whose result is waited for.
///
/// `@unchecked Sendable`: the thread alone writes `result`, and it is read only after the thread has ended.
final class SideThread<Result: Sendable>: SideThreadBody, @unchecked Sendable {
    private let body: @Sendable () -> Result
    private var result: Result?
    private var thread = pthread_t()

    /// Starts the thread; nil when the system refuses one.
    init?(_ body: @escaping @Sendable () -> Result) {
        self.body = body
        super.init()
        let argument = Unmanaged<SideThreadBody>.passRetained(self)
        guard pthread_create(&thread, nil, runSideThread, argument.toOpaque()) == 0 else {
            argument.release()
            return nil
        }
    }

    override func run() { result = body() }

    /// Waits for the thread to end. Only once.
    func join() -> Result {
        pthread_join(thread, nil)
        return result ?? body()
    }
}

class SideThreadBody {
    func run() {}
}

private func runSideThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<SideThreadBody>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
