// SPDX-License-Identifier: Apache-2.0

/// Writes a run of inlines as Markdown.
struct InlineRenderer {
    enum Place: Hashable { case paragraph, heading, cell }

    private enum Delimiter: Hashable {
        case link(Int)
        case style(InlineRun.Style)
    }

    private let run: InlineRun
    private let place: Place
    /// Where links lead; the first is link 1.
    private let addresses: [[UInt8]]
    private var escaping: MarkdownEscaping
    private var output: [UInt8] = []
    private var open: [Delimiter] = []
    /// For each piece and each mark, how far the mark goes on.
    private var ends: [(link: Int, strong: Int, emphasis: Int, strikethrough: Int)] = []

    static func render(_ run: InlineRun, as place: Place, addresses: [[UInt8]]) -> [UInt8] {
        var run = run
        if place == .heading {
            for index in run.pieces.indices { run.pieces[index].marks.style.remove(.strong) }
        }
        run.dropMarksThatWouldNotHold()
        run.joinCode()
        var renderer = InlineRenderer(run, place, addresses)
        renderer.renderPieces()
        return renderer.output
    }

    private init(_ run: InlineRun, _ place: Place, _ addresses: [[UInt8]]) {
        self.run = run
        self.place = place
        self.addresses = addresses
        escaping = MarkdownEscaping(run, isInCell: place == .cell)
        findEnds()
    }

    private mutating func findEnds() {
        let pieces = run.pieces
        ends = Array(repeating: (0, 0, 0, 0), count: pieces.count)
        for index in pieces.indices.reversed() {
            let marks = pieces[index].marks
            let after = index + 1 < pieces.count ? pieces[index + 1].marks : InlineRun.Marks()
            func end(_ goesOn: Bool, _ next: Int) -> Int { goesOn ? next : index + 1 }
            let next = index + 1 < pieces.count ? ends[index + 1] : (index + 1, index + 1, index + 1, index + 1)
            ends[index] = (
                end(after.link == marks.link, next.0), end(after.style.contains(.strong), next.1),
                end(after.style.contains(.emphasis), next.2), end(after.style.contains(.strikethrough), next.3)
            )
        }
    }

    private mutating func renderPieces() {
        var index = 0
        while index < run.pieces.count {
            if let end = renderAutolink(at: index) {
                index = end
                continue
            }
            var piece = run.pieces[index]
            close(notIn: piece.marks)
            // No mark opens before a blank.
            if piece.kind == .text, run.buffer[piece.range.lowerBound] == 32, isMissingAny(of: piece.marks) {
                output.append(32)
                piece.range = (piece.range.lowerBound + 1)..<piece.range.upperBound
            }
            if piece.kind == .lineBreak {
                renderBreak()
            } else if !piece.range.isEmpty {
                openMissing(piece.marks, at: index)
                if piece.kind == .text { renderText(piece, index) } else { renderVerbatim(run.buffer[piece.range]) }
            }
            index += 1
        }
        close(notIn: InlineRun.Marks())
    }

    private mutating func renderBreak() {
        switch place {
        case .paragraph: output += "  \n".utf8
        case .heading: output.append(32)
        case .cell: output += "<br>".utf8
        }
    }

    private mutating func renderVerbatim(_ bytes: ArraySlice<UInt8>) {
        for byte in bytes {
            if byte == UInt8(ascii: "|"), place == .cell { output.append(UInt8(ascii: "\\")) }
            output.append(byte)
        }
    }

    private mutating func renderText(_ piece: InlineRun.Piece, _ index: Int) {
        escaping.isInLink = piece.marks.link != 0
        escaping.append(run.buffer[piece.range], to: &output, next: byte(behind: index), isLineStart: isAtLineStart)
    }

    /// What will stand behind a piece; 0 when nothing does.
    private func byte(behind index: Int) -> UInt8 {
        let marks = run.pieces[index].marks
        func mark(_ style: InlineRun.Style) -> UInt8 {
            style.isEmpty ? 0 : style.contains(.strikethrough) ? UInt8(ascii: "~") : UInt8(ascii: "*")
        }
        guard index + 1 < run.pieces.count else { return mark(marks.style) }
        let after = run.pieces[index + 1]
        if after.marks.link != 0, after.marks.link != marks.link { return UInt8(ascii: "[") }
        if after.marks.style != marks.style { return mark(after.marks.style.symmetricDifference(marks.style)) }
        return after.range.isEmpty ? 10 : run.buffer[after.range.lowerBound]
    }

    /// Whether the next byte is the first of a line of the document.
    private var isAtLineStart: Bool { place == .paragraph && (output.isEmpty || output.last == 10) }

    // MARK: Marks

    private func isWanted(_ delimiter: Delimiter, _ marks: InlineRun.Marks) -> Bool {
        switch delimiter {
        case .link(let link): marks.link == link
        case .style(let style): marks.style.contains(style)
        }
    }

    private mutating func close(notIn marks: InlineRun.Marks) {
        guard let first = open.firstIndex(where: { !isWanted($0, marks) }) else { return }
        while open.count > first, let delimiter = open.popLast() { writeEnd(delimiter) }
    }

    private func isMissingAny(of marks: InlineRun.Marks) -> Bool {
        if marks.link != 0, !open.contains(.link(marks.link)) { return true }
        return InlineRun.Style.all.contains { marks.style.contains($0) && !open.contains(.style($0)) }
    }

    /// Opens what goes on longest first, so that marks end in the order in which they began.
    private mutating func openMissing(_ marks: InlineRun.Marks, at index: Int) {
        var missing: [(delimiter: Delimiter, end: Int)] = []
        if marks.link != 0, !open.contains(.link(marks.link)) {
            missing.append((.link(marks.link), ends[index].link))
        }
        let styleEnds = [ends[index].strong, ends[index].emphasis, ends[index].strikethrough]
        for (style, end) in zip(InlineRun.Style.all, styleEnds)
        where marks.style.contains(style) && !open.contains(.style(style)) {
            missing.append((.style(style), end))
        }
        while let next = missing.indices.max(by: { (missing[$0].end, -$0) < (missing[$1].end, -$1) }) {
            let delimiter = missing.remove(at: next).delimiter
            open.append(delimiter)
            writeStart(delimiter)
        }
    }

    private mutating func writeStart(_ delimiter: Delimiter) {
        switch delimiter {
        case .link: output.append(UInt8(ascii: "["))
        case .style(let style): output += Self.mark(style)
        }
    }

    private mutating func writeEnd(_ delimiter: Delimiter) {
        switch delimiter {
        case .link(let link):
            output += "](".utf8
            output += addresses[link - 1]
            output.append(UInt8(ascii: ")"))
        case .style(let style): output += Self.mark(style)
        }
    }

    private static func mark(_ style: InlineRun.Style) -> [UInt8] {
        switch style {
        case .strong: Array("**".utf8)
        case .emphasis: Array("*".utf8)
        default: Array("~~".utf8)
        }
    }

    /// `<https://…>` for a link that shows where it leads.
    private mutating func renderAutolink(at index: Int) -> Int? {
        let piece = run.pieces[index]
        guard piece.kind == .text, piece.marks.link != 0, !open.contains(.link(piece.marks.link)),
            ends[index].link == index + 1
        else { return nil }
        let (text, address) = (run.buffer[piece.range], addresses[piece.marks.link - 1])
        guard text.elementsEqual(address), HTMLLinks.scheme(of: text) != nil else { return nil }
        close(notIn: InlineRun.Marks(style: piece.marks.style))
        openMissing(InlineRun.Marks(style: piece.marks.style), at: index)
        output.append(UInt8(ascii: "<"))
        output += text
        output.append(UInt8(ascii: ">"))
        return index + 1
    }
}
