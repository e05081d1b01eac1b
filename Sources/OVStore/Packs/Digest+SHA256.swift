// SPDX-License-Identifier: Apache-2.0

import OVCore

import struct Crypto.SHA256

extension Digest {
    /// The SHA-256 of some bytes.
    package init(of bytes: [UInt8]) {
        var hash = SHA256()
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
        self.init(finishing: hash)
    }

    /// The digest over `path 0x00 digest` of all documents of a list in their order: equal digests, equal content.
    package init(of list: DocumentList) {
        var hash = SHA256()
        for document in list.documents {
            hash.update(data: Array(document.path.utf8) + [0] + document.digest.bytes)
        }
        self.init(finishing: hash)
    }

    private init(finishing hash: SHA256) {
        var words = SIMD4<UInt64>()
        hash.finalize().withUnsafeBytes { digest in
            for (index, byte) in digest.enumerated() { words[index / 8] = words[index / 8] << 8 | UInt64(byte) }
        }
        self.init(words: words)
    }
}
