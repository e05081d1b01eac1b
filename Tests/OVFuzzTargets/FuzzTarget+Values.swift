// SPDX-License-Identifier: Apache-2.0

import OVCore

extension FuzzTarget {
    static let values = [
        FuzzTarget("json") { bytes in
            guard let value = try? JSONValue(parsing: bytes) else { return }
            var writer = JSONWriter(reservingCapacity: bytes.count)
            value.write(to: &writer)
            guard let again = try? JSONValue(parsing: writer.bytes) else {
                throw FuzzFinding("JSON that was written cannot be read")
            }
            try check(again == value, "another value is read than written")
            try check(writer.bytes.count <= 6 * bytes.count + 32, "\(writer.bytes.count) bytes of \(bytes.count)")
        },
        FuzzTarget("viking-uri", maximumLength: 4 << 10) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let uri = try? VikingURI(parsing: text, user: "somebody") {
                try check(VikingURI(canonical: uri.text) == uri, "\(uri.text) is not canonical")
                try check((try? VikingURI(parsing: uri.text, user: "other")) == uri, "\(uri.text) becomes another one")
                try check(uri.text.utf8.count <= VikingURI.maximumByteCount, "\(uri.text.utf8.count) bytes")
                if let parent = uri.parent { try check(uri.isWithin(parent), "\(uri.text) is not within its parent") }
            }
            if let uri = VikingURI(canonical: text) { try check(uri.text == text, "canonical and altered") }
            if let path = DocumentPath.canonical(bytes)?.path {
                try check(DocumentPath.canonical(Array(path.utf8))?.path == path, "\(path) becomes another path")
                let uri = VikingURI.resources.appending(path: path)
                if uri.text.utf8.count <= VikingURI.maximumByteCount {
                    try check(VikingURI(canonical: uri.text) == uri, "\(uri.text) of a document is not canonical")
                }
            }
        },
        FuzzTarget("timestamp", maximumLength: 64) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let time = Timestamp(text) { try check(Timestamp(time.description) == time, "\(text) becomes \(time)") }
            if let id = TaskID(text) { try check(TaskID(id.description) == id, "\(text) becomes \(id)") }
            if let digest = Digest(text) { try check(Digest(digest.description) == digest, "\(text) as a digest") }
        },
    ]
}
