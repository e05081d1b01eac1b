// SPDX-License-Identifier: Apache-2.0

import struct Crypto.SHA256

/// What each document of an archive leaves for the next run: the digest of its bytes, and what the archive as a whole
/// had for a validator.
///
/// The last one also says how many there were, so that a run which is told that the archive is the same knows whether
/// it knows all of them.
struct ArchiveValidator {
    /// Of the archive as a whole; empty when it must be read again.
    let archive: String
    private let digest: Substring
    fileprivate let end: End?

    /// What is behind the last document.
    struct End {
        let documents: Int
        /// Documents that are in the archive and could not be had.
        let unchecked: [FetchWarning]

        /// Where there is more, the next run reads the archive again.
        static let maximumUnchecked = 100
    }

    private static let mark = "arc1"

    /// Reads what `text` made; anything else is nil.
    init?(_ validator: Validator) {
        let parts = validator.text.split(separator: "\n", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == Self.mark else { return nil }
        digest = parts[1]
        guard !parts[2].isEmpty else {
            (archive, end) = (String(parts[3]), nil)
            return
        }
        let numbers = parts[2].split(separator: "+").map { Int($0) }
        guard numbers.count == 2, let documents = numbers[0], let count = numbers[1],
            (0...End.maximumUnchecked).contains(count)
        else { return nil }
        let lines = parts[3].split(separator: "\n", maxSplits: count, omittingEmptySubsequences: false)
        guard lines.count == count + 1 else { return nil }
        let unchecked = lines.dropLast().map { line in
            let fields = line.split(separator: "\t", maxSplits: 1, omittingEmptySubsequences: false)
            return FetchWarning(path: String(fields[0]), message: String(fields.last ?? ""), isUnchecked: true)
        }
        archive = String(lines[count])
        end = End(documents: documents, unchecked: unchecked)
    }

    /// - Parameter end: for the last document.
    static func validator(_ digest: String, archive: String, end: End?) -> Validator {
        var text = "\(mark)\n\(digest)\n"
        if let end {
            text += "\(end.documents)+\(end.unchecked.count)\n"
            // Neither paths nor what is said of them have control characters.
            for warning in end.unchecked { text += "\(warning.path ?? "")\t\(warning.message)\n" }
        } else {
            text += "\n"
        }
        return Validator(text + archive)
    }

    func isOf(digest: String) -> Bool { self.digest == digest }

    /// Half a SHA-256 is enough to tell two versions of a document apart.
    static func digest(_ bytes: [UInt8]) -> String {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().prefix(16).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}

/// What the last run left of an archive.
struct ArchiveMemory {
    /// Of the archive as a whole, if it was the same for all documents, and if these are all.
    let archive: String?
    let unchecked: [FetchWarning]

    init(_ validators: [String: Validator]) {
        var (archive, end): (String?, ArchiveValidator.End?) = (nil, nil)
        for validator in validators.values {
            guard let known = ArchiveValidator(validator), archive ?? known.archive == known.archive else {
                (archive, end) = (nil, nil)
                break
            }
            archive = known.archive
            end = known.end ?? end
        }
        let isWhole = end?.documents == validators.count && archive?.isEmpty == false
        self.archive = isWhole ? archive : nil
        unchecked = isWhole ? end?.unchecked ?? [] : []
    }
}
