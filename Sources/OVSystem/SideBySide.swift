// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Runs two pieces of heavy work at the same time and waits for both: one on the calling thread, which must be one
/// that may block, the other on a thread made for it.
package func sideBySide<First, Second: Sendable>(
    _ first: () -> First, _ second: @escaping @Sendable () -> Second
) -> (First, Second) {
    let work = SideWork(second)
    var thread = pthread_t()
    let argument = Unmanaged.passRetained(work)
    guard pthread_create(&thread, nil, runSideWork, argument.toOpaque()) == 0 else {
        // A system that refuses another thread gets the same result, later.
        argument.release()
        return (first(), second())
    }
    let result = first()
    pthread_join(thread, nil)
    return (result, work.finished())
}

/// `@unchecked Sendable`: the made thread alone writes `result`, and it is read only after that thread has ended.
private final class SideWork<Result: Sendable>: SideWorkBody, @unchecked Sendable {
    private let body: @Sendable () -> Result
    private var result: Result?

    init(_ body: @escaping @Sendable () -> Result) { self.body = body }

    override func run() { result = body() }

    func finished() -> Result { result ?? body() }
}

private class SideWorkBody {
    func run() {}
}

private func runSideWork(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument else { return nil }
    Unmanaged<SideWorkBody>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
