// SPDX-License-Identifier: Apache-2.0

/// What is below an element, counted in one pass from the end of the page.
struct ContentMeasure {
    /// Letters and other signs that a reader sees, without white space. A Chinese character counts as two.
    var text: Int32 = 0
    /// How many of them are in links.
    var linked: Float = 0
    var commas: Int32 = 0
    /// Those in the element itself and in inline elements, but in no block below.
    var ownText: Int32 = 0
    var ownLinked: Float = 0
    var ownCommas: Int32 = 0
    var ownBreaks: Int32 = 0
    /// Letters in paragraphs that are long enough to be sentences, and are no links.
    var prose: Int32 = 0
    var headings: Int32 = 0
    var listed: Int32 = 0
    var code: Int32 = 0
    var paragraphs: Int32 = 0
    var images: Int32 = 0
    var items: Int32 = 0
    var inputs: Int32 = 0
    var embeds: Int32 = 0
    var hasBlock = false

    var linkDensity: Float { text > 0 ? linked / Float(text) : 0 }
    /// Whether all text in it is in one run, as that of a paragraph is.
    var isLeaf: Bool { !hasBlock }

    /// Takes in what is below a child; its text belongs to the run of this element unless it is a block.
    mutating func add(_ child: ContentMeasure, isBlock: Bool) {
        text &+= child.text
        linked += child.linked
        commas &+= child.commas
        prose &+= child.prose
        headings &+= child.headings
        listed &+= child.listed
        code &+= child.code
        paragraphs &+= child.paragraphs
        images &+= child.images
        items &+= child.items
        inputs &+= child.inputs
        embeds &+= child.embeds
        if isBlock {
            hasBlock = true
        } else {
            ownText &+= child.ownText
            ownLinked += child.ownLinked
            ownCommas &+= child.ownCommas
            ownBreaks &+= child.ownBreaks
        }
    }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
        var (letters, commas): (Int32, Int32) = (0, 0)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte > 32, byte & 0xC0 != 0x80 {
                letters += byte >= 0xE3 && byte < 0xF0 ? 2 : 1
                if byte == UInt8(ascii: ",") || Self.isForeignComma(bytes, index) { commas += 1 }
            }
            index += 1
        }
        text &+= letters
        ownText &+= letters
        self.commas &+= commas
        ownCommas &+= commas
    }

    /// The Arabic and the East Asian commas.
    private static func isForeignComma(_ bytes: ArraySlice<UInt8>, _ index: Int) -> Bool {
        switch bytes[index] {
        case 0xD8: return index + 1 < bytes.endIndex && bytes[index + 1] == 0x8C
        case 0xE3, 0xEF:
            guard index + 2 < bytes.endIndex else { return false }
            let (second, third) = (bytes[index + 1], bytes[index + 2])
            return bytes[index] == 0xE3 ? second == 0x80 && third == 0x81 : second == 0xBC && third == 0x8C
        default: return false
        }
    }

    /// Counts an element itself, behind all that is in it.
    mutating func close(_ name: HTMLName, isBlock: Bool, linkFactor: Float) {
        switch name {
        case .p: paragraphs += 1
        case .img, .picture: images += name == .img ? 1 : 0
        case .li: items += 1
        case .input: inputs += 1
        case .object, .embed, .iframe, .video: embeds += 1
        case .br: ownBreaks += 1
        case .h1, .h2, .h3, .h4, .h5, .h6: headings = text
        case .ul, .ol: listed = text
        case .pre, .code, .kbd, .samp, .tt: code = text
        default: break
        }
        if linkFactor > 0 {
            linked = Float(text) * linkFactor
            ownLinked = Float(ownText) * linkFactor
        }
        if isBlock, ownText >= 60 { prose &+= Int32(max(0, Float(ownText) - ownLinked)) }
    }
}
