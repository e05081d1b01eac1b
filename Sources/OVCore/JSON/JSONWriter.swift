// SPDX-License-Identifier: Apache-2.0

/// A type that writes itself as one JSON value.
package protocol JSONWritable {
    func write(to json: inout JSONWriter)
}

/// Writes JSON text (RFC 8259) into a growing buffer, on one line or indented by two blanks.
///
/// A writer of our own because lists of a hundred thousand watches are part of the product's promise, and because
/// the order of fields is the one in which they are written.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    private let indented: Bool
    /// Where text goes as soon as there is much of it; nil when all of it stays in `bytes`.
    private let drain: (([UInt8]) -> Void)?
    /// Writes several blocks of a large array at the same time.
    private let makeInOrder: MakeInOrder?
    private var depth = 0
    /// Whether the innermost container has a member already.
    private var hasMember = false
    private var followsName = false

    package init(indented: Bool = false, reservingCapacity capacity: Int = 0) {
        self.indented = indented
        (drain, makeInOrder) = (nil, nil)
        bytes.reserveCapacity(capacity)
    }

    /// Calls the first closure with each number below a count, on any thread, to fill an empty buffer, and the second
    /// with each buffer, in their order.
    package typealias MakeInOrder = (
        _ count: Int, _ make: @escaping @Sendable (Int, inout [UInt8]) -> Void, _ take: ([UInt8]) -> Void
    ) -> Void

    /// A writer that keeps no more than a few mebibytes: lists can be larger than memory should be. What is left at
    /// the end is in `bytes`.
    package init(indented: Bool, makeInOrder: @escaping MakeInOrder, drainingTo drain: @escaping ([UInt8]) -> Void) {
        self.indented = indented
        self.drain = drain
        self.makeInOrder = makeInOrder
        bytes.reserveCapacity(Self.drainThreshold + 4096)
    }

    private static let drainThreshold = 1 << 20

    /// The text of one value.
    package static func text(of value: some JSONWritable, indented: Bool = false) -> String {
        var writer = JSONWriter(indented: indented)
        value.write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// Ends a line between two documents.
    package mutating func newline() {
        bytes.append(10)
        hasMember = false
    }

    // MARK: Containers

    package mutating func object(_ members: (inout JSONWriter) -> Void) { container(123, 125, members) }
    package mutating func array(_ elements: (inout JSONWriter) -> Void) { container(91, 93, elements) }

    private mutating func container(_ open: UInt8, _ close: UInt8, _ content: (inout JSONWriter) -> Void) {
        append(1) { $0.put(open) }
        (hasMember, depth) = (false, depth + 1)
        content(&self)
        depth -= 1
        append(1, comma: false, lineBreak: indented && hasMember) { $0.put(close) }
        hasMember = true
        if bytes.count >= Self.drainThreshold { flush() }
    }

    private mutating func flush() {
        guard let drain else { return }
        drain(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    /// How many elements of a large array are written in one piece.
    private static let blockLength = 256

    /// Writes an array, a large one in blocks that are made on several threads.
    package mutating func array<Element: JSONWritable & Sendable>(of elements: [Element]) {
        array { json in
            guard let drain = json.drain, let makeInOrder = json.makeInOrder, elements.count > Self.blockLength else {
                for element in elements { element.write(to: &json) }
                return
            }
            json.flush()
            let count = (elements.count + Self.blockLength - 1) / Self.blockLength
            let (indented, depth) = (json.indented, json.depth)
            makeInOrder(
                count,
                { number, buffer in
                    var block = JSONWriter(indented: indented)
                    (block.depth, block.hasMember) = (depth, number > 0)
                    swap(&block.bytes, &buffer)
                    for element in elements[(number * Self.blockLength)...].prefix(Self.blockLength) {
                        element.write(to: &block)
                    }
                    swap(&block.bytes, &buffer)
                }, drain)
            json.hasMember = true
        }
    }

    /// The name of the value that follows. Names in code need no escaping, which would be half the work.
    package mutating func name(_ name: StaticString) {
        let end = nameEnd
        append(name.utf8CodeUnitCount + 4) { text in
            text.put(34)
            text.put(name)
            text.put(end)
        }
        followsName = true
    }

    /// A name that is data.
    package mutating func name(data name: String) {
        append(string: name, then: nameEnd)
        followsName = true
    }

    private var nameEnd: StaticString { indented ? "\": " : "\":" }

    // MARK: Values

    package mutating func null() { append(4) { $0.put("null") } }

    package mutating func value(_ value: String) { append(string: value, then: "\"") }

    package mutating func value(_ value: Bool) { append(5) { $0.put(value ? "true" : "false") } }

    package mutating func value(_ value: Int64) { append(20) { $0.put(decimal: value) } }

    /// JSON has no NaN and no infinities: they become null.
    package mutating func value(_ value: Double) {
        if value.isFinite { raw(value.description.utf8) } else { null() }
    }

    /// A string of ASCII that has nothing to escape: a time, an identity.
    /// - Parameter fill: writes all `count` bytes.
    mutating func value(plain count: Int, _ fill: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        append(count + 2) { text in
            text.put(34)
            text.put(count, fill)
            text.put(34)
        }
    }

    /// Appends text that is a JSON value already.
    package mutating func raw(_ json: some Sequence<UInt8>) {
        append(0) { _ in }
        bytes.append(contentsOf: json)
    }

    private mutating func append(string: String, then end: StaticString) {
        var string = string
        string.withUTF8 { bytes in
            let isPlain = JSONCursor.isPlain(bytes)
            append((isPlain ? 1 : JSONCursor.longestEscape) * bytes.count + 4) { text in
                text.put(34)
                if isPlain { text.put(bytes) } else { text.put(escaping: bytes) }
                text.put(end)
            }
        }
    }

    // MARK: Text

    /// Appends a name or a value, and what stands between it and the one before.
    private mutating func append(_ count: Int, _ fill: (inout JSONCursor) -> Void) {
        let isFirst = followsName || depth == 0
        append(count, comma: hasMember && !followsName, lineBreak: indented && !isFirst, fill)
        (hasMember, followsName) = (true, false)
    }

    /// Everything goes through here, in as large pieces as possible: this is where a large list spends its time.
    /// - Parameter count: the most that `fill` writes.
    private mutating func append(_ count: Int, comma: Bool, lineBreak: Bool, _ fill: (inout JSONCursor) -> Void) {
        let indentation = 2 * depth
        bytes.append(addingCapacity: count + indentation + 2) { room in
            room.withUnsafeMutableBufferPointer { buffer, used in
                var text = JSONCursor(buffer, used: used)
                if comma { text.put(44) }
                if lineBreak { text.putLineBreak(indentation) }
                fill(&text)
                used = text.used
            }
        }
    }
}
