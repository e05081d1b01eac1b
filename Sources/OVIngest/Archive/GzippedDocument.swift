// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// A document that is packed on its own: `notes.txt.gz`.
enum GzippedDocument {
    private static let pieceSize = 16 << 10

    /// - Parameter name: in messages.
    /// - Throws: `ArchiveError`, `FetchError` when it is too large, `SystemError`, `CancellationError`.
    static func unpacked(_ bytes: ArchiveBytes, _ limits: Limits, name: String) throws -> [UInt8] {
        let limit = min(limits.documentBytes, limits.bytesPerIngest)
        let inflater = Inflater(limit: Int(clamping: limit))
        var offset: Int64 = 0
        while case let piece = try bytes.read(pieceSize, at: offset), !piece.isEmpty {
            try Task.checkCancellation()
            do throws(Inflater.Failure) {
                try inflater.append(piece)
            } catch .tooLarge {
                throw FetchError.permanent(
                    cause: "limit_exceeded",
                    "\(LocalPath.shown(name)) unpacks to more than \(limit) bytes; one document may have that many",
                    hint: "split it, or raise `document_bytes` in config.json if it is worth it")
            } catch {
                throw ArchiveError.unpacking(error, at: offset, ratio: Int64(limits.archiveRatio))
            }
            offset += Int64(piece.count)
        }
        guard offset > 0 else { throw ArchiveError(.foreign, at: 0, "it is not packed with gzip") }
        guard inflater.isComplete else { throw ArchiveError(.truncated, at: offset, "it ends too early") }
        return inflater.takeOutput()
    }
}
