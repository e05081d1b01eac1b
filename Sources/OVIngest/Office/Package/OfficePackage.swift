// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// The zip archive that a document of an office or a book is, and the parts in it.
struct OfficePackage {
    private let reader: ZipReader
    /// By path in lower case: names of parts are the same whatever their case (OPC §6.2.2.3).
    private let members: [String: ZipMember]
    private let partBytes: Int64
    /// How much may still be unpacked.
    private var allowance: Int64

    /// - Throws: `ConversionError` for what is no archive, a damaged one, or one beyond the limits.
    init(_ bytes: [UInt8], limits: Limits) throws(ConversionError) {
        var archiveLimits = ArchiveLimits(limits)
        // Parts are much larger than what is made of them.
        partBytes = limits.documentBytes * 8
        archiveLimits.fileBytes = partBytes
        archiveLimits.entries = min(archiveLimits.entries, 100_000)
        do { reader = try ZipReader(.memory(bytes), limits: archiveLimits) } catch {
            throw Self.failure(error)
        }
        allowance = min(archiveLimits.unpackedBytes(ofArchive: Int64(bytes.count)), partBytes * 2)
        var members: [String: ZipMember] = [:]
        for member in reader.members where member.entry.kind == .file {
            members[member.entry.path.lowercased()] = member
        }
        self.members = members
    }

    private static func failure(_ error: any Error) -> ConversionError {
        guard let error = error as? ArchiveError else { return ConversionError("it cannot be read: \(error)") }
        return switch error.reason {
        case .foreign: ConversionError("it is no zip archive inside, as its type has it")
        case .truncated: ConversionError("it is cut off: it ends without its list of parts")
        case .unsupported: ConversionError("its parts cannot be read: \(error)")
        case .limitExceeded: ConversionError("it goes beyond the limits: \(error)")
        case .damaged, .unsafePath, .repeatedPath: ConversionError("it is damaged: \(error)")
        }
    }

    func has(_ path: String) -> Bool { members[path.lowercased()] != nil }

    var paths: [String] { members.values.map(\.entry.path) }

    /// The bytes of a part; nil where there is none.
    mutating func part(_ path: String) throws(ConversionError) -> [UInt8]? {
        guard let member = members[path.lowercased()] else { return nil }
        let size = member.entry.size
        guard size <= partBytes, size <= allowance else {
            throw ConversionError(
                "it goes beyond the limits: its part '\(path.prefix(200))' has \(size) bytes when it is unpacked")
        }
        guard member.isReadable else { throw ConversionError("its part '\(path.prefix(200))' cannot be unpacked") }
        allowance -= size
        do { return try reader.content(of: member) } catch { throw Self.failure(error) }
    }

    /// A reader for a part that is XML; nil where there is none.
    mutating func xml(_ path: String, _ prefixes: [String: String]) throws(ConversionError) -> XMLReader? {
        guard let bytes = try part(path) else { return nil }
        do throws(XMLError) { return try XMLReader(bytes, prefixes: prefixes) } catch {
            throw .init(error, path)
        }
    }

    // MARK: Relationships

    struct Relationship: Hashable {
        /// The last part of its type: `hyperlink`, `slide`.
        let kind: String
        /// A path in the package, or an address outside of it.
        let target: String
        let isExternal: Bool
    }

    /// What a part refers to, by id (OPC §6.5). An empty path stands for the package.
    mutating func relationships(of path: String) throws(ConversionError) -> [String: Relationship] {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        let (folder, name) = (path[..<slash], path[slash...])
        guard var reader = try xml("\(folder)_rels/\(name).rels", Self.relationshipPrefixes) else { return [:] }
        var relationships: [String: Relationship] = [:]
        do throws(XMLError) {
            while let event = try reader.next() {
                guard event == .start("Relationship"), let id = reader.string("Id"),
                    let target = reader.string("Target"), relationships.count < 100_000
                else { continue }
                let type = reader.string("Type") ?? ""
                let kind = type.lastIndex(of: "/").map { String(type[type.index(after: $0)...]) } ?? type
                let isExternal = reader.string("TargetMode") == "External"
                relationships[id] = Relationship(
                    kind: kind, target: isExternal ? target : Self.resolve(target, in: folder), isExternal: isExternal)
            }
        } catch {
            throw .init(error, path)
        }
        return relationships
    }

    private static let relationshipPrefixes = ["http://schemas.openxmlformats.org/package/2006/relationships": ""]

    /// A path relative to a folder, which is empty or ends with a slash. `..` does not lead out.
    static func resolve(_ target: String, in folder: Substring) -> String {
        var parts = target.hasPrefix("/") ? [] : folder.split(separator: "/")
        for part in target.prefix(4096).split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}

extension ConversionError {
    init(_ error: XMLError, _ path: String) {
        let words = error.reason == .limitExceeded ? "goes beyond the limits" : "is damaged"
        self.init("its part '\(path.prefix(200))' \(words): \(error)")
    }
}
