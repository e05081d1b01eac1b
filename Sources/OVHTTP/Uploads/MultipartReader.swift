// SPDX-License-Identifier: Apache-2.0

import OVCore

/// Reads a form with files (RFC 7578) as it comes in, in pieces of any size. Keeps no more of it than a header and
/// the length of a boundary.
struct MultipartReader {
    enum Event: Hashable, Sendable {
        case part(name: String, fileName: String?)
        case data([UInt8])
        case partEnd
    }

    private enum State {
        case preamble, headers, data, epilogue
    }

    /// More than any browser sends.
    private static let maximumHeader = 16 << 10
    private static let maximumParts = 100

    private let delimiter: [UInt8]
    private var state = State.preamble
    /// What has come in and is not understood yet. Begins as if a line had ended, so that the first boundary, which
    /// may stand at the very beginning, looks like all others.
    private var buffer: [UInt8] = [13, 10]
    private var parts = 0

    /// - Parameter contentType: of the request, which names the boundary.
    /// - Throws: `INVALID_ARGUMENT` when it is no form with files.
    init(contentType: String?) throws(OVError) {
        let parameters = HeaderParameters(contentType ?? "")
        guard parameters.value == "multipart/form-data", let boundary = parameters["boundary"],
            (1...200).contains(boundary.utf8.count)
        else {
            throw .invalidField(
                ["body", "file"], "the request must be a multipart/form-data form with the part 'file'",
                type: "multipart", hint: "for example: curl -F file=@guide.md URL")
        }
        delimiter = Array("\r\n--\(boundary)".utf8)
    }

    var isComplete: Bool { if case .epilogue = state { true } else { false } }

    /// Takes in the next bytes.
    /// - Throws: `INVALID_ARGUMENT`.
    mutating func read(_ bytes: some Collection<UInt8>) throws(OVError) -> [Event] {
        var events: [Event] = []
        buffer.append(contentsOf: bytes)
        var start = 0
        while try step(&start, &events) {}
        buffer.removeFirst(start)
        return events
    }

    /// Understands one more thing, if enough has come in.
    private mutating func step(_ start: inout Int, _ events: inout [Event]) throws(OVError) -> Bool {
        switch state {
        case .epilogue:
            start = buffer.count
            return false
        case .preamble:
            return try passDelimiter(&start, &events, isInPart: false)
        case .data:
            return try passDelimiter(&start, &events, isInPart: true)
        case .headers:
            guard let end = Self.find([13, 10, 13, 10], in: buffer, from: start) else {
                guard buffer.count - start <= Self.maximumHeader else {
                    throw Self.malformed("a part's header is too long")
                }
                return false
            }
            events.append(try partHeader(buffer[start..<end]))
            start = end + 4
            state = .data
            return true
        }
    }

    /// Goes behind the next boundary, handing over what stands before it.
    private mutating func passDelimiter(_ start: inout Int, _ events: inout [Event], isInPart: Bool) throws(OVError)
        -> Bool
    {
        guard let found = Self.find(delimiter, in: buffer, from: start), found + delimiter.count + 2 <= buffer.count
        else {
            // What may be the beginning of a boundary has to wait; a whole one whose next two bytes are not here, too.
            let kept = max(start, buffer.count - delimiter.count - 2)
            let end = Self.find(delimiter, in: buffer, from: start).map { min($0, kept) } ?? kept
            if isInPart, end > start { events.append(.data(Array(buffer[start..<end]))) }
            start = max(start, end)
            return false
        }
        if isInPart {
            if found > start { events.append(.data(Array(buffer[start..<found]))) }
            events.append(.partEnd)
        }
        let next = (buffer[found + delimiter.count], buffer[found + delimiter.count + 1])
        start = found + delimiter.count + 2
        switch next {
        case (UInt8(ascii: "-"), UInt8(ascii: "-")): state = .epilogue
        case (13, 10):
            parts += 1
            guard parts <= Self.maximumParts else { throw Self.malformed("it has too many parts") }
            state = .headers
        default: throw Self.malformed("there is something behind a boundary")
        }
        return true
    }

    private func partHeader(_ bytes: ArraySlice<UInt8>) throws(OVError) -> Event {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.malformed("a header is not UTF-8") }
        for line in text.split(separator: "\r\n") {
            guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "content-disposition" else {
                continue
            }
            let parameters = HeaderParameters(String(line[line.index(after: colon)...]))
            guard let name = parameters["name"] else { break }
            return .part(name: name, fileName: parameters["filename"])
        }
        throw Self.malformed("a part has no name")
    }

    private static func find(_ pattern: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            guard let first = pattern.first, bytes.count >= pattern.count else { return nil }
            var index = start
            let last = bytes.count - pattern.count
            while index <= last {
                if bytes[index] == first, pattern.indices.allSatisfy({ bytes[index + $0] == pattern[$0] }) {
                    return index
                }
                index += 1
            }
            return nil
        }
    }

    static func malformed(_ reason: String) -> OVError {
        .invalidField(["body"], "the form is malformed: \(reason)", type: "multipart")
    }
}
