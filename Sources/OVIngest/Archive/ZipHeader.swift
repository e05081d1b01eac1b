// SPDX-License-Identifier: Apache-2.0

/// One header of the list, not yet made sense of.
struct ZipHeader {
    let fields: LittleEndianFields
    let name: ArraySlice<UInt8>
    let extra: ZipExtraFields
    /// In UTF-8, folders parted by slashes.
    let path: [UInt8]
    /// Of the header with all that belongs to it.
    let size: Int
    /// Where it is in the file.
    let place: Int64

    /// - Parameter list: what is left of the list of files.
    /// - Throws: `damaged`.
    init(_ list: ArraySlice<UInt8>, at place: Int64) throws(ArchiveError) {
        let damaged = ArchiveError(.damaged, at: place, "its list of files cannot be read")
        guard list.count >= ZipMember.headerSize, list.starts(with: [0x50, 0x4B, 1, 2]) else { throw damaged }
        fields = LittleEndianFields(list)
        let (nameSize, extraSize) = (Int(fields.uint16(28)), Int(fields.uint16(30)))
        size = ZipMember.headerSize + nameSize + extraSize + Int(fields.uint16(32))
        guard list.count >= size else { throw damaged }
        let rest = list.dropFirst(ZipMember.headerSize)
        name = rest.prefix(nameSize)
        extra = ZipExtraFields(rest.dropFirst(nameSize).prefix(extraSize))
        self.place = place
        path = Self.path(name, fields, extra)
    }

    /// Writers on Unix put the file's mode into the upper half.
    private var mode: UInt32 { [3, 19].contains(Self.host(fields)) ? fields.uint32(38) >> 16 : 0 }

    /// The system that it was written on.
    private static func host(_ fields: LittleEndianFields) -> UInt8 {
        UInt8(truncatingIfNeeded: fields.uint16(4) >> 8)
    }

    private static func isOfWindows(_ fields: LittleEndianFields) -> Bool { [0, 10, 11, 14].contains(host(fields)) }

    var isFolder: Bool {
        path.last == UInt8(ascii: "/") || mode & 0xF000 == 0x4000
            || Self.isOfWindows(fields) && fields.uint32(38) & 0x10 != 0
    }

    var kind: ArchiveEntry.Kind {
        switch mode & 0xF000 {
        case 0, 0x8000: .file
        case 0xA000: .symbolicLink
        case 0x2000, 0x6000: .device
        case 0x1000: .pipe
        default: .unknown
        }
    }

    var isEncrypted: Bool { fields.uint16(8) & 0x2041 != 0 || fields.uint16(10) == 99 }

    private static func path(_ name: ArraySlice<UInt8>, _ fields: LittleEndianFields, _ extra: ZipExtraFields)
        -> [UInt8]
    {
        let text: [UInt8]
        if fields.uint16(8) & 0x800 != 0 {
            text = Array(name)
        } else if let unicode = extra.unicodeName(of: name) {
            text = Array(unicode)
        } else {
            // Many writers have UTF-8 and do not say so; that other text looks like it by chance is unlikely.
            let raw = Array(name)
            text = UTF8Validity(of: raw) == .invalid ? Array(CodePage437.text(raw).utf8) : raw
        }
        guard isOfWindows(fields), !text.contains(UInt8(ascii: "/")) else { return text }
        // Some writers on Windows part folders as they do there, against the format.
        return text.map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
    }
}
