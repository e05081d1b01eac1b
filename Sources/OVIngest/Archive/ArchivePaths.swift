// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// The paths of an archive's files: none leads out of it, none comes twice.
struct ArchivePaths {
    private var taken: Set<String> = []

    enum Place {
        /// The archive's own top folder.
        case root
        case path(String, isExact: Bool)
        /// No document can have it.
        case tooLong
    }

    /// Reads a path as it stands in an archive.
    ///
    /// `./` and doubled slashes are what many programs write, and mean nothing.
    /// - Throws: `unsafePath`.
    static func place(of raw: some Collection<UInt8>, at offset: Int64) throws(ArchiveError) -> Place {
        // So some writers call the top folder when they are told to call it nothing.
        if !raw.isEmpty, raw.allSatisfy({ $0 == UInt8(ascii: "/") }) { return .root }
        if raw.first == UInt8(ascii: "/") { throw unsafe(raw, "which is absolute", offset) }
        if raw.contains(0) { throw unsafe(raw, "which has a zero byte in it", offset) }
        guard !raw.isEmpty else { throw ArchiveError(.unsafePath, at: offset, "it has a file without a name") }
        guard raw.count <= 4 * VikingURI.maximumByteCount else { return .tooLong }
        var path: [UInt8] = []
        path.reserveCapacity(raw.count)
        for segment in raw.split(separator: UInt8(ascii: "/")) {
            if segment.elementsEqual(".".utf8) { continue }
            if segment.elementsEqual("..".utf8) { throw unsafe(raw, "which leads out of the folder it is in", offset) }
            if !path.isEmpty { path.append(UInt8(ascii: "/")) }
            path += segment
        }
        if path.isEmpty { return .root }
        guard let canonical = DocumentPath.canonical(path) else { return .tooLong }
        return .path(canonical.path, isExact: canonical.isExact)
    }

    /// - Throws: `repeatedPath`.
    mutating func claim(_ path: String, at offset: Int64) throws(ArchiveError) {
        guard taken.insert(path).inserted else {
            throw ArchiveError(.repeatedPath, at: offset, "it has two files called '\(path.prefix(200))'")
        }
    }

    private static func unsafe(_ raw: some Collection<UInt8>, _ words: String, _ offset: Int64) -> ArchiveError {
        ArchiveError(.unsafePath, at: offset, "it has a file called '\(ForeignText.line(raw, atMost: 200))', \(words)")
    }
}
