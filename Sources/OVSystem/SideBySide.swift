// SPDX-License-Identifier: Apache-2.0

/// Runs two pieces of heavy work at the same time and waits for both: one on the calling thread, which must be one
/// that may block, the other on a thread made for it.
package func sideBySide<First, Second: Sendable>(
    _ first: () -> First, _ second: @escaping @Sendable () -> Second
) -> (First, Second) {
    // A system that refuses another thread gets the same result, later.
    guard let thread = SideThread(second) else { return (first(), second()) }
    let result = first()
    return (result, thread.join())
}

/// Makes pieces of text on two threads, the calling one and one made for it, and hands them over here, in their order.
/// - Parameters:
///   - make: fills an empty buffer with the piece of a number. Buffers are used again, so that the text stays in the
///     processor's cache.
///   - take: must be done with the text when it returns.
package func makeInOrder(
    _ count: Int, _ make: @escaping @Sendable (Int, inout [UInt8]) -> Void, _ take: ([UInt8]) -> Void
) {
    let exchange = BufferExchange()
    let thread =
        count < 2
        ? nil
        : SideThread {
            for number in stride(from: 1, to: count, by: 2) { exchange.fill { make(number, &$0) } }
        }
    var buffer: [UInt8] = []
    for number in 0..<count {
        if thread != nil, number % 2 == 1 {
            exchange.empty(take)
        } else {
            buffer.removeAll(keepingCapacity: true)
            make(number, &buffer)
            take(buffer)
        }
    }
    thread?.join()
}
