// SPDX-License-Identifier: Apache-2.0

@testable import OVIngest

extension FuzzTarget {
    static let xml = [
        FuzzTarget("xml-strict") { bytes in try readXML(bytes, mode: .strict) },
        FuzzTarget("xml-lenient") { bytes in try readXML(bytes, mode: .lenient) },
    ]

    /// Reads all of a document; the first byte says which of the reader's ways are taken.
    private static func readXML(_ bytes: [UInt8], mode: XMLReader.Mode) throws {
        let (choice, document) = split(bytes)
        let charsets = [nil, "utf-8", "utf-16", "iso-8859-1"]
        guard
            var reader = try? XMLReader(
                document, charset: charsets[Int(choice & 3)], mode: mode,
                prefixes: ["http://www.w3.org/2005/Atom": "atom", "": ""])
        else { return }
        var walk = XMLWalk(reader: reader, choice: choice, room: 8 * document.count + 1024)
        do throws(XMLError) {
            while try walk.step() {}
        } catch {
            try check(mode == .strict || error.reason == .limitExceeded, "lenient reading threw \(error)")
            reader = walk.reader
            do { _ = try reader.next() } catch { return }
            throw FuzzFinding("a reader that has thrown goes on")
        }
        if let finding = walk.finding { throw FuzzFinding(finding) }
        try check(walk.open.isEmpty, "\(walk.open.count) elements are still open")
    }
}

private struct XMLWalk {
    var reader: XMLReader
    let choice: UInt8
    let room: Int
    private(set) var open: [String] = []
    private(set) var finding: String?
    private var (events, bytes) = (0, 0)

    init(reader: XMLReader, choice: UInt8, room: Int) {
        (self.reader, self.choice, self.room) = (reader, choice, room)
    }

    /// - Returns: false at the end, and when something is wrong.
    mutating func step() throws(XMLError) -> Bool {
        guard let event = try reader.next() else { return false }
        events += 1
        switch event {
        case .text(let text):
            bytes += text.count
            if !isUTF8(text) { finding = "text that is no UTF-8" }
        case .start(let name): try enter(name)
        case .end(let name):
            if open.popLast() != name { finding = "the end of \(name), which is not open" }
        }
        if open.count != reader.depth { finding = "depth \(reader.depth) where \(open.count) are open" }
        if events > room || bytes > room { finding = "\(events) events and \(bytes) bytes" }
        return finding == nil
    }

    private mutating func enter(_ name: String) throws(XMLError) {
        if choice & 4 != 0 {
            for attribute in reader.allAttributes where reader[attribute.name] == nil {
                finding = "an attribute that is not found"
            }
        }
        switch choice >> 3 & 3 {
        case 1 where reader.depth > 1: bytes += try reader.readText().count
        case 2 where reader.depth > 2: bytes += try reader.readSource().count
        case 3 where reader.depth > 2: try reader.skip()
        default: open.append(name)
        }
    }
}
