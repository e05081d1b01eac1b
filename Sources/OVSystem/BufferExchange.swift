// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Hands buffers from one thread that fills them to one that empties them, and back. One is always on its way or with
/// one of the two.
///
/// `@unchecked Sendable`: `buffer` and `isFull` are read and written only while `mutex` is held.
final class BufferExchange: @unchecked Sendable {
    private var buffer: [UInt8] = []
    private var isFull = false
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Waits for the buffer to be empty and fills it.
    func fill(_ body: (inout [UInt8]) -> Void) {
        var buffer = take(whenFull: false)
        buffer.removeAll(keepingCapacity: true)
        body(&buffer)
        put(buffer, isFull: true)
    }

    /// Waits for the buffer to be full and empties it.
    func empty(_ body: ([UInt8]) -> Void) {
        let buffer = take(whenFull: true)
        body(buffer)
        put(buffer, isFull: false)
    }

    private func take(whenFull full: Bool) -> [UInt8] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while isFull != full { pthread_cond_wait(condition, mutex) }
        defer { buffer = [] }
        return buffer
    }

    private func put(_ buffer: [UInt8], isFull: Bool) {
        pthread_mutex_lock(mutex)
        self.buffer = buffer
        self.isFull = isFull
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }
}
