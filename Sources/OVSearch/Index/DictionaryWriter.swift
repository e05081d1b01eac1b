// SPDX-License-Identifier: Apache-2.0

/// Writes a segment's terms in the order of their bytes, in blocks, and a directory with the first term of each.
/// FORMAT.md §4.
struct DictionaryWriter {
    /// Ahead of a stem; no word begins with it.
    static let stemMark: UInt8 = 1
    private static let blockLength = 1024

    private(set) var blocks: [UInt8] = []
    private(set) var directory: [UInt8] = []
    /// Of the terms of each block.
    private(set) var signatures: [UInt8] = []
    private var signature = TermSignature()
    private(set) var blockCount = 0
    private var block: [UInt8] = []
    private var previous: [UInt8] = []

    /// - Parameter term: behind all those before.
    mutating func append(_ term: ArraySlice<UInt8>, _ entry: TermEntry) {
        if block.isEmpty {
            directory.append(varint: blocks.count)
            directory.append(varint: term.count)
            directory.append(contentsOf: term)
            blockCount += 1
            previous.removeAll(keepingCapacity: true)
        }
        var shared = 0
        for (left, right) in zip(previous, term) {
            guard left == right else { break }
            shared += 1
        }
        if term.first != Self.stemMark { signature.insert(term) }
        let rest = term.dropFirst(shared)
        block.append(addingCapacity: rest.count + 7 * IndexLayout.varintLength + 1) { output in
            output.append(varint: shared)
            output.append(varint: rest.count)
            for byte in rest { output.append(byte) }
            output.append(varint: entry.sections)
            output.append(varint: entry.list.lowerBound)
            output.append(varint: entry.list.count)
            output.append(varint: entry.positions.lowerBound)
            output.append(varint: entry.positions.count)
            output.append(entry.maximumImpact)
        }
        previous.removeLast(previous.count - shared)
        previous.append(contentsOf: rest)
        if block.count >= Self.blockLength { finish() }
    }

    mutating func finish() {
        guard !block.isEmpty else { return }
        signatures.append(contentsOf: signature.bytes)
        signature = TermSignature()
        blocks.append(contentsOf: block)
        block.removeAll(keepingCapacity: true)
    }
}
