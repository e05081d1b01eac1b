// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// What a run remembers so that the next one need not read what has not changed. FORMAT.md §6.
package struct ValidatorCache: Hashable, Sendable {
    package struct Entry: Hashable, Sendable {
        package let validator: String
        /// The document that the validator came with.
        package let digest: Digest

        package init(validator: String, digest: Digest) {
            self.validator = validator
            self.digest = digest
        }
    }

    /// Over source, options, fetcher and converters.
    package let fingerprint: String
    package var entries: [String: Entry]

    package init(fingerprint: String, entries: [String: Entry] = [:]) {
        self.fingerprint = fingerprint
        self.entries = entries
    }

    private static let magic: [UInt8] = Array("OVVALID1".utf8)

    var encoded: [UInt8] {
        var bytes = Self.magic
        bytes.reserveCapacity(64 + 128 * entries.count)
        bytes.append(text: fingerprint)
        bytes.append(number: UInt64(entries.count))
        for (path, entry) in entries {
            bytes.append(text: path)
            bytes.append(text: entry.validator)
            bytes.append(contentsOf: entry.digest.bytes)
        }
        bytes.append(littleEndian: Deflate.checksum(bytes[...]))
        return bytes
    }

    /// - Returns: nil for bytes that are not a whole cache.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count >= Self.magic.count + 4, bytes.starts(with: Self.magic),
            bytes[...].littleEndian(UInt32.self, at: bytes.count - 4) == Deflate.checksum(bytes.dropLast(4))
        else { return nil }
        var reader = BinaryReader(Array(bytes.dropLast(4)))
        do {
            _ = try reader.bytes(Self.magic.count)
            fingerprint = try reader.text()
            let count = try reader.count()
            entries = Dictionary(minimumCapacity: count)
            for _ in 0..<count {
                let (path, validator) = (try reader.text(), try reader.text())
                guard let digest = Digest(bytes: try reader.bytes(Digest.byteCount)) else { return nil }
                entries[path] = Entry(validator: validator, digest: digest)
            }
        } catch {
            return nil
        }
    }
}

/// Every call blocks. None fails: without a cache the next run reads everything.
extension Store {
    /// What the last run of a resource left, if it left it under this fingerprint.
    package nonisolated func validators(of key: ResourceKey, fingerprint: String) -> ValidatorCache? {
        guard let file = try? files.open(validatorPath(of: key), .read), let size = try? file.status().size,
            let bytes = try? file.read(Int(size), at: 0), let cache = ValidatorCache(decoding: bytes),
            cache.fingerprint == fingerprint
        else { return nil }
        return cache
    }

    /// Leaves a cache for the next run.
    package nonisolated func keep(_ cache: ValidatorCache, of key: ResourceKey) {
        let path = validatorPath(of: key)
        do {
            try files.createFolder(home.validators)
            let temporary = path + ".\(processID()).tmp"
            try files.open(temporary, .create).write(cache.encoded, at: 0)
            try files.rename(temporary, to: path)
        } catch {
            // It is a cache.
        }
    }

    package nonisolated func dropValidators(of key: ResourceKey) { try? files.remove(validatorPath(of: key)) }

    /// Named by digest: addresses may be longer than file names.
    private nonisolated func validatorPath(of key: ResourceKey) -> String {
        let name = Digest(of: Array((key.account + " " + key.uri.text).utf8)).description.prefix(32)
        return home.validators + "/" + name
    }
}
