// SPDX-License-Identifier: Apache-2.0

/// The formulas of Office (§22.1) as a line of text: `x^2`, `(a+b)/c`, `√(x)`.
enum MathText {
    /// More is no formula.
    private static let maximumBytes = 4096
    private static let maximumDepth = 64

    /// Reads the formula that has just begun, to its end.
    static func read(_ xml: inout XMLReader) throws(XMLError) -> [UInt8] {
        var output: [UInt8] = []
        // Where what is in parentheses began.
        var starts: [Int] = []
        let depth = xml.depth - 1
        while xml.depth > depth, let event = try xml.next() {
            switch event {
            case .start("m:t") where output.count < maximumBytes: output += try xml.readText().prefix(maximumBytes)
            case .start("m:ctrlPr"), .start("m:rPr"), .start("w:rPr"), .start("m:deg"): try xml.skip()
            case .start("m:sup"):
                output.append(UInt8(ascii: "^"))
                starts.append(output.count)
            case .start("m:sub"):
                output.append(UInt8(ascii: "_"))
                starts.append(output.count)
            case .start("m:den"):
                output.append(UInt8(ascii: "/"))
                starts.append(output.count)
            case .start("m:num"): starts.append(output.count)
            case .end("m:sup"), .end("m:sub"), .end("m:den"), .end("m:num"): close(&output, &starts)
            case .start("m:rad"): output += "√(".utf8
            case .start("m:d"): output.append(UInt8(ascii: "("))
            case .end("m:rad"), .end("m:d"): output.append(UInt8(ascii: ")"))
            case .start("m:chr"): output += (xml.string("m:val") ?? "").utf8.prefix(8)
            case .end("m:mr"): output.append(UInt8(ascii: ";"))
            case .end("m:e"): if output.last != 32 { output.append(32) }
            default: break
            }
        }
        return tidy(output)
    }

    /// Reads the MathML that has just begun, to its end, in which powers, fractions and roots are told by their places.
    static func readMathML(_ xml: inout XMLReader) throws(XMLError) -> [UInt8] {
        var output: [UInt8] = []
        // The sign before the next child of each element that is open, and where that child begins.
        var open: [(name: String, children: Int, start: Int)] = []
        let depth = xml.depth - 1
        while xml.depth > depth, let event = try xml.next() {
            switch event {
            case .start("annotation"), .start("annotation-xml"): try xml.skip()
            case .start(let name):
                if let last = open.indices.last {
                    if let sign = sign(open[last].name, child: open[last].children) { output.append(sign) }
                    open[last].children += 1
                }
                if name == "msqrt" || name == "mroot" { output += "√(".utf8 }
                open.append((name, 0, output.count))
            case .text(let text) where output.count < maximumBytes: output += text.collapsedHTML().prefix(256)
            case .end(let name):
                guard let element = open.popLast() else { break }
                if name == "msqrt" || name == "mroot" { output.append(UInt8(ascii: ")")) }
                if let outer = open.last, sign(outer.name, child: 1) != nil {
                    var starts = [element.start]
                    close(&output, &starts)
                }
            case .text: break
            }
        }
        return output
    }

    private static func sign(_ name: String, child: Int) -> UInt8? {
        switch (name, child) {
        case ("msup", 1), ("msubsup", 2), ("munderover", 2), ("mover", 1): UInt8(ascii: "^")
        case ("msub", 1), ("msubsup", 1), ("munderover", 1), ("munder", 1): UInt8(ascii: "_")
        case ("mfrac", 1): UInt8(ascii: "/")
        default: nil
        }
    }

    /// Puts parentheses around what is more than one sign, and takes back the sign before what is nothing.
    private static func close(_ output: inout [UInt8], _ starts: inout [Int]) {
        guard let start = starts.popLast() else { return }
        while output.count > start, output.last == 32 { output.removeLast() }
        let inner = output[start...]
        if inner.isEmpty {
            if let last = output.last, "^_/".utf8.contains(last) { output.removeLast() }
        } else if starts.count < maximumDepth,
            !inner.allSatisfy({ $0.isAlphanumeric || $0 >= 0x80 || $0 == UInt8(ascii: ".") })
        {
            output.insert(UInt8(ascii: "("), at: start)
            output.append(UInt8(ascii: ")"))
        }
    }

    /// Without the blanks that stand where an operand ended.
    private static func tidy(_ text: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        for (index, byte) in text.enumerated() {
            if byte == 32, index + 1 < text.count, "^_/);,".utf8.contains(text[index + 1]) { continue }
            output.append(byte)
        }
        return output.collapsedHTML()
    }
}
