// SPDX-License-Identifier: Apache-2.0

import OVTestTraits
import Testing

@testable import OVClient

@Suite(.inTurn) struct EventStreamReaderTests {
    private func read(_ text: String, pieces: Int) throws -> [EventStreamReader.Message] {
        var (reader, messages): (EventStreamReader, [EventStreamReader.Message]) = (EventStreamReader(), [])
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + pieces)
            messages += try reader.read(bytes[start..<end])
            start = end
        }
        return messages
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `events are read whatever the pieces and the ends of lines`(pieces: Int) throws {
        let text =
            "\u{FEFF}retry: 3000\n\n: hello\n\nevent: task\r\nid: 7\r\ndata: {\"a\":\r\ndata:1}\r\n\r\n"
            + "data\n\nevent: nothing\nid: 8\n\ndata: x\rdata:  y\r\rfield: z\ndata: cut off"
        let messages = try read(text, pieces: pieces)
        #expect(
            messages == [
                .init(name: "task", data: Array("{\"a\":\n1}".utf8), id: "7"),
                .init(name: "message", data: [], id: "7"),
                .init(name: "message", data: Array("x\n y".utf8), id: "8"),
            ])
    }

    @Test func `an event without an end is given up`() {
        var reader = EventStreamReader()
        #expect(throws: EventStreamReader.TooLong.self) {
            for _ in 0..<100 { _ = try reader.read([UInt8](repeating: 97, count: 1 << 16)) }
        }
        var other = EventStreamReader()
        #expect(throws: EventStreamReader.TooLong.self) {
            for _ in 0..<100_000 { _ = try other.read("data: \(String(repeating: "a", count: 90))\n".utf8) }
        }
    }
}
