// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

/// What kind of file something is, and what is said of those that are not read.
@Suite(.inTurn) struct OfficeConverterTests {
    private static let compound: [UInt8] =
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + Array(repeating: 0, count: 600)

    private static let locked: [UInt8] = compound + "EncryptedPackage".utf8.flatMap { [$0, UInt8(0)] }

    private static let unread: [(String, [UInt8], String)] = [
        ("a.doc", compound, "it is in the binary format of Office before 2007, which is not read; save it as .docx"),
        ("a.xls", compound, "it is in the binary format of Office before 2007, which is not read; save it as .xlsx"),
        (
            "a.docx", locked,
            "it is encrypted; save it without a password to have its text read"
        ), ("a.docx", Array("text".utf8), "it is no zip archive inside, as its type has it"),
        ("a.docx", [0x50, 0x4B, 3, 4], "it is cut off: it ends without its list of parts"),
        ("a.ppt", [], "it is in a format of earlier versions of Office, which is not read"),
        ("a.xlsx", PackageBytes.zip(["x": "y"]), "it has no part that is the document"),
        ("a.epub", PackageBytes.zip(["x": "y"]), "it is no EPUB inside: 'META-INF/container.xml' is missing"),
        (
            "a.odt",
            PackageBytes.zip([
                "content.xml": "<a/>",
                "META-INF/manifest.xml":
                    "<m:e xmlns:m='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'><m:encryption-data/></m:e>",
            ]), "it is encrypted; save it without a password to have its text read"
        ),
    ]

    @Test(arguments: unread)
    func saysWhyItIsNotRead(_ name: String, _ bytes: [UInt8], _ words: String) {
        #expect(throws: ConversionError(words)) { _ = try PackageBytes.convert(bytes, name: name) }
    }

    @Test func goesByWhatIsInside() throws {
        let word = PackageBytes.word("<w:p><w:r><w:t>a</w:t></w:r></w:p>")
        #expect(try PackageBytes.markdown(word, name: "a.doc") == "a")
        #expect(try PackageBytes.markdown(word, name: "a.xlsm") == "a")
        #expect(try PackageBytes.convert(word, name: "a.zip") == nil)
        #expect(try PackageBytes.convert(Array("text".utf8), name: "a.txt") == nil)
    }

    @Test func unpacksNoBombs() throws {
        var limits = Limits()
        limits.documentBytes = 1 << 20
        let filler = String(repeating: "<w:p/>", count: 3_000_000)
        let error = #expect(throws: ConversionError.self) {
            _ = try PackageBytes.convert(PackageBytes.word(filler), name: "a.docx", limits: limits)
        }
        #expect(error?.message.contains("goes beyond the limits") == true)
    }

    @Test func saysThatABookIsProtected() throws {
        let container =
            "<container xmlns='urn:oasis:names:tc:opendocument:xmlns:container'><rootfile full-path='p/a.opf'/></container>"
        let package =
            "<package xmlns='http://www.idpf.org/2007/opf'><item id='1' href='c%201.xhtml' media-type='application/xhtml+xml'/>"
            + "<itemref idref='1'/></package>"
        var parts = [
            "META-INF/container.xml": container, "p/a.opf": package,
            "p/c 1.xhtml":
                "<html xmlns='http://www.w3.org/1999/xhtml'><body><p>Once <a href='c2.xhtml'>more</a></p></body></html>",
        ]
        #expect(try PackageBytes.markdown(PackageBytes.zip(parts), name: "a.epub") == "Once more")
        parts["META-INF/encryption.xml"] =
            "<e><c:CipherReference xmlns:c='http://www.w3.org/2001/04/xmlenc#' URI='p/c%201.xhtml'/></e>"
        #expect(throws: ConversionError.self) {
            _ = try PackageBytes.convert(PackageBytes.zip(parts), name: "a.epub")
        }
    }
}
