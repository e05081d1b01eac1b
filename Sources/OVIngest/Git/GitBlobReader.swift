// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// Reads blobs out of a mirror with one `git cat-file`, in order, and passes them on several at a time.
struct GitBlobReader: Sendable {
    let mirror: GitMirror
    let request: FetchRequest
    let sink: any DocumentSink
    let pointers = PointerCount()

    /// Documents that one task delivers, one after the other.
    private static let documentsPerBatch = 64
    private static let bytesPerBatch: Int64 = 1 << 20
    /// Bytes that are in memory at once, beside the document that is being read.
    private static let bytesInFlight: Int64 = 48 << 20
    private static let batchesInFlight = 8

    /// How far it came.
    enum Progress {
        case done
        /// So many documents were delivered before the mirror turned out to be broken.
        case broken(after: Int, GitFailure)
    }

    /// - Throws: `FetchError`, `CancellationError`, what the sink throws.
    func deliver(_ documents: [GitSelection.Document]) async throws -> Progress {
        guard !documents.isEmpty else { return .done }
        let input = Self.request(documents.lazy.map(\.object))
        return try await mirror.git.stream(
            ["cat-file", "--batch"], in: mirror.repository, input: input, endMatters: false
        ) { program in
            var stream = ObjectStream(program: program)
            return try await deliver(documents, from: &stream)
        }
    }

    private func deliver(_ documents: [GitSelection.Document], from stream: inout ObjectStream) async throws
        -> Progress
    {
        try await withThrowingTaskGroup(of: Int64.self) { group in
            var (running, inFlight, delivered): (Int, Int64, Int) = (0, 0, 0)
            var (batch, batchBytes): ([FetchedDocument], Int64) = ([], 0)
            var failure: GitFailure?
            for (number, document) in documents.enumerated() {
                do throws(ObjectStream.Failure) {
                    batch.append(fetched(document, try await stream.next(document.object, size: document.size)))
                    batchBytes += document.size
                } catch {
                    guard case .git(let reason) = error else { throw CancellationError() }
                    failure = reason
                }
                let isLast = number == documents.count - 1 || failure != nil
                guard isLast || batch.count >= Self.documentsPerBatch || batchBytes >= Self.bytesPerBatch else {
                    continue
                }
                while running > 0, running >= Self.batchesInFlight || inFlight + batchBytes > Self.bytesInFlight {
                    inFlight -= try await group.next() ?? 0
                    running -= 1
                }
                delivered += batch.count
                group.addTask { [batch, batchBytes] in
                    for document in batch {
                        try Task.checkCancellation()
                        try await sink.deliver(document)
                    }
                    return batchBytes
                }
                running += 1
                inFlight += batchBytes
                (batch, batchBytes) = ([], 0)
                if failure != nil { break }
            }
            try await group.waitForAll()
            return failure.map { .broken(after: delivered, $0) } ?? .done
        }
    }

    private func fetched(_ document: GitSelection.Document, _ bytes: [UInt8]) -> FetchedDocument {
        pointers.look(at: bytes, document.path)
        // A source that is a single file has it at the empty path.
        let name = document.path.isEmpty ? request.source.options.arguments[GitArguments.path] ?? "" : document.path
        return FetchedDocument(
            path: document.path, bytes: bytes, name: LocalPath.lastSegment(name),
            declaredCharset: request.source.options.charset(for: bytes), validator: Validator(document.object))
    }

    /// The content of links, by object; of what is too long for a link, nothing.
    /// - Throws: `GitFailure`, `CancellationError`.
    static func contents(of links: some Sequence<GitTree.Entry>, in mirror: GitMirror) async throws
        -> [String: [UInt8]]
    {
        let links = links.filter { $0.kind == .link && $0.size <= GitLinks.maximumLength }
        guard !links.isEmpty else { return [:] }
        let input = request(links.lazy.map(\.object))
        return try await mirror.git.stream(["cat-file", "--batch"], in: mirror.repository, input: input) { program in
            var stream = ObjectStream(program: program)
            var contents: [String: [UInt8]] = [:]
            for link in links {
                do throws(ObjectStream.Failure) {
                    contents[link.object] = try await stream.next(link.object, size: link.size)
                } catch {
                    guard case .git(let reason) = error else { throw CancellationError() }
                    throw reason
                }
            }
            return contents
        }
    }

    private static func request(_ objects: some Sequence<String>) -> [UInt8] {
        var lines: [UInt8] = []
        for object in objects {
            lines += object.utf8
            lines.append(10)
        }
        return lines
    }
}

/// The answers of `git cat-file --batch`, one after the other: `<object> blob <size>\n<bytes>\n`.
private struct ObjectStream {
    enum Failure: Error {
        case git(GitFailure)
        case cancelled
    }

    private let program: ChildProgram
    private var buffer: [UInt8] = []
    private var position = 0

    init(program: ChildProgram) { self.program = program }

    /// - Parameters:
    ///   - object: what was asked for.
    ///   - size: how large the tree's listing says that it is.
    mutating func next(_ object: String, size: Int64) async throws(Failure) -> [UInt8] {
        let expected = Array("\(object) blob \(size)\n".utf8)
        guard try await take(expected.count) == expected else {
            throw .git(GitFailure(broken: "fatal: object \(object) is missing or damaged", command: "cat-file"))
        }
        let bytes = try await take(Int(clamping: size))
        guard try await take(1) == [10] else {
            throw .git(GitFailure(broken: "fatal: object \(object) is damaged", command: "cat-file"))
        }
        return bytes
    }

    /// - Throws: also when the program ends before it has written as much.
    private mutating func take(_ count: Int) async throws(Failure) -> [UInt8] {
        if buffer.count - position < count {
            buffer.removeFirst(position)
            position = 0
            buffer.reserveCapacity(count)
            while buffer.count < count {
                let part = try await read()
                guard !part.isEmpty else {
                    throw .git(GitFailure(broken: "fatal: git ended before its time", command: "cat-file"))
                }
                buffer += part
            }
        }
        defer { position += count }
        return Array(buffer[position..<(position + count)])
    }

    private func read() async throws(Failure) -> [UInt8] {
        do {
            return try await program.read(atMost: 1 << 18)
        } catch let failure as ChildProgram.Failure {
            throw .git(GitFailure(failure, of: ["cat-file"]))
        } catch {
            throw .cancelled
        }
    }
}
