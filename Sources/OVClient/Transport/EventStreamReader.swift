// SPDX-License-Identifier: Apache-2.0

/// Reads a stream of server-sent events as it comes (WHATWG HTML §9.2.6), in pieces of any size.
struct EventStreamReader {
    struct Message: Hashable {
        /// `message` where the server gives no name.
        var name: String
        var data: [UInt8]
        /// The last id that was given, in this event or in one before.
        var id: String?
    }

    struct TooLong: Error {}

    /// Bytes that one event may have.
    private static let maximumLength = 4 << 20

    private var line: [UInt8] = []
    private var skipsNewline = false
    private var isAtStart = true
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id: String?

    /// Takes in the next bytes.
    /// - Returns: the events that they complete.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(TooLong) -> [Message] {
        var messages: [Message] = []
        for byte in bytes {
            if skipsNewline {
                skipsNewline = false
                if byte == 10 { continue }
            }
            guard byte == 10 || byte == 13 else {
                guard line.count + data.count < Self.maximumLength else { throw TooLong() }
                line.append(byte)
                continue
            }
            skipsNewline = byte == 13
            if let message = endLine() { messages.append(message) }
        }
        return messages
    }

    private mutating func endLine() -> Message? {
        defer { line.removeAll(keepingCapacity: true) }
        if isAtStart {
            isAtStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        // A comment begins with the colon.
        guard line.first != UInt8(ascii: ":") else { return nil }
        let field = line.prefix { $0 != UInt8(ascii: ":") }
        var value = line.dropFirst(field.count + 1)
        if value.first == 32 { value = value.dropFirst() }
        switch String(decoding: field, as: UTF8.self) {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { data.append(10) }
            data += value
            hasData = true
        case "id": if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> Message? {
        defer { (name, data, hasData) = ("", [], false) }
        guard hasData else { return nil }
        return Message(name: name.isEmpty ? "message" : name, data: data, id: id)
    }
}
