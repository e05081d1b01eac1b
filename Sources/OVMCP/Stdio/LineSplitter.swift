// SPDX-License-Identifier: Apache-2.0

/// Cuts a stream of bytes into lines, however the bytes come in.
struct LineSplitter: Sendable {
    enum Piece: Hashable, Sendable {
        case line([UInt8])
        /// A line that is longer than the limit, told once and without its content.
        case tooLong
    }

    private let limit: Int
    private var line: [UInt8] = []
    /// Whether the rest of a line is being left out.
    private var isSkipping = false

    init(limit: Int) { self.limit = limit }

    /// - Returns: what has become complete. Blank lines are left out.
    mutating func add(_ bytes: [UInt8]) -> [Piece] {
        var (pieces, start): ([Piece], Int) = ([], 0)
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 10)
            let part = bytes[start..<(end ?? bytes.count)]
            if !isSkipping {
                if line.count + part.count > limit {
                    pieces.append(.tooLong)
                    (line, isSkipping) = ([], true)
                } else {
                    line += part
                }
            }
            guard let end else { break }
            pieces += finish()
            start = end + 1
        }
        return pieces
    }

    /// What is left at the end of the stream: a line whose end nobody wrote.
    mutating func finish() -> [Piece] {
        defer { (line, isSkipping) = ([], false) }
        let isBlank = line.allSatisfy { $0 == 32 || $0 == 9 || $0 == 13 }
        return isSkipping || isBlank ? [] : [.line(line)]
    }
}
