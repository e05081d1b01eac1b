// SPDX-License-Identifier: Apache-2.0

/// The beginning and the end of what a program says, however much that is.
package struct KeptOutput: Sendable {
    /// Bytes kept of the beginning, and as many of the end.
    package let bound: Int
    private var head: [UInt8] = []
    private var tail: [UInt8] = []
    package private(set) var total = 0

    package init(bound: Int) { self.bound = bound }

    package mutating func append(_ bytes: ArraySlice<UInt8>) {
        total += bytes.count
        let taken = min(bound - head.count, bytes.count)
        head += bytes.prefix(taken)
        tail += bytes.dropFirst(taken).suffix(bound)
        // Cut only now and then, so that many small pieces cost no more than few large ones.
        if tail.count > 2 * bound { tail.removeFirst(tail.count - bound) }
    }

    /// What was kept, with a line in between that says how much is missing.
    package var bytes: [UInt8] {
        let end = tail.suffix(bound)
        let missing = total - head.count - end.count
        return missing == 0 ? head + end : head + Array("\n… \(missing) bytes left out …\n".utf8) + end
    }
}
