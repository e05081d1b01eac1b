// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import OVSystem

/// A form with one file (RFC 7578), made while it is sent.
struct MultipartUpload: AsyncSequence, Sendable {
    let source: LocalSource
    /// Names of folders that are left out.
    let ignored: [String]
    /// What stands between parts; it occurs in no file, as far as chance goes.
    let boundary: String
    /// Where files are read.
    let threads: ThreadPool

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// The name under which the server unpacks it, or keeps it.
    var fileName: String { source.isFolder ? source.name + ".tar" : source.name }

    func makeAsyncIterator() -> Iterator { Iterator(upload: self) }

    struct Iterator: AsyncIteratorProtocol {
        private enum State {
            case head, content(UploadContent), tail, over
        }

        private let upload: MultipartUpload
        private var state = State.head

        init(upload: MultipartUpload) { self.upload = upload }

        mutating func next() async throws -> ByteBuffer? {
            switch state {
            case .head:
                let upload = upload
                state = .content(
                    try await blocking { try UploadContent(of: upload.source, ignoring: upload.ignored) })
                let name = String(
                    upload.fileName.unicodeScalars.map {
                        $0 == "\"" || $0 == "\\" || $0.value < 32 || $0.value == 127 ? "_" : Character($0)
                    })
                return ByteBuffer(
                    string: "--\(upload.boundary)\r\nContent-Disposition: form-data; name=\"file\"; "
                        + "filename=\"\(name)\"\r\nContent-Type: application/octet-stream\r\n\r\n")
            case .content(var content):
                let (piece, rest) = try await blocking { [content] in
                    var content = content
                    return (try content.next(), content)
                }
                content = rest
                state = piece == nil ? .tail : .content(content)
                guard let piece else { return try await next() }
                return ByteBuffer(bytes: piece)
            case .tail:
                state = .over
                return ByteBuffer(string: "\r\n--\(upload.boundary)--\r\n")
            case .over: return nil
            }
        }

        private func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
            try await withTaskExecutorPreference(upload.threads) { try body() }
        }
    }
}
