// SPDX-License-Identifier: Apache-2.0

/// The texts of a workbook that its cells refer to by number (§18.4), one after the other in one buffer.
struct SharedStrings {
    private var text: [UInt8] = []
    private var ends: [Int] = []

    static func read(_ part: String?, _ package: inout OfficePackage) throws(ConversionError) -> SharedStrings {
        guard let part, var xml = try package.xml(part, OfficeNamespaces.prefixes) else { return SharedStrings() }
        var strings = SharedStrings()
        do throws(XMLError) {
            while let event = try xml.next() {
                switch event {
                case .start("x:t"): strings.text += try xml.readText()
                // How to say it, not what it says.
                case .start("x:rPh"): try xml.skip()
                case .end("x:si"): strings.ends.append(strings.text.count)
                default: break
                }
            }
        } catch { throw .init(error, part) }
        return strings
    }

    subscript(index: Int) -> ArraySlice<UInt8> {
        guard ends.indices.contains(index) else { return [] }
        return text[(index > 0 ? ends[index - 1] : 0)..<ends[index]]
    }
}
