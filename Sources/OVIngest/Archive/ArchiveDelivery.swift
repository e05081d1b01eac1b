// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Passes on what comes out of an archive: the documents that have changed, and word of those that have not.
struct ArchiveDelivery {
    private let request: FetchRequest
    private let sink: any DocumentSink
    /// The validator of the archive as a whole; empty when it has none, nil when nobody will come back.
    private let archive: String?
    /// The newest document, because the last one is told so.
    private var held: Item?
    private var kept: [KeptDocument] = []
    private var unchecked: [FetchWarning] = []
    private(set) var documents = 0

    private enum Item {
        case new(path: String, name: String, bytes: [UInt8], digest: String)
        case same(path: String, digest: String)
    }

    private static let keptAtOnce = 1024

    init(_ request: FetchRequest, to sink: any DocumentSink, archive: String?) {
        self.request = request
        self.sink = sink
        self.archive = archive
    }

    func expect(_ documents: Int) async { await sink.expect(documents: documents) }

    mutating func warn(_ warning: FetchWarning) async {
        if warning.isUnchecked { unchecked.append(warning) }
        await sink.warn(warning)
    }

    mutating func add(path: String, name: String, _ bytes: [UInt8]) async throws {
        documents += 1
        guard archive != nil else {
            return try await deliver(path, name, bytes, nil)
        }
        let digest = ArchiveValidator.digest(bytes)
        let isSame = request.validators[path].flatMap(ArchiveValidator.init)?.isOf(digest: digest) ?? false
        try await pass(held, end: nil)
        held = isSame ? .same(path: path, digest: digest) : .new(path: path, name: name, bytes: bytes, digest: digest)
    }

    /// Says that there are no more.
    mutating func finish() async throws {
        let isKnown = unchecked.count <= ArchiveValidator.End.maximumUnchecked
        try await pass(held, end: isKnown ? .init(documents: documents, unchecked: unchecked) : nil)
        held = nil
        try await passKept()
        await sink.expect(documents: documents)
    }

    private mutating func pass(_ item: Item?, end: ArchiveValidator.End?) async throws {
        let archive = archive ?? ""
        switch item {
        case nil: break
        case .new(let path, let name, let bytes, let digest):
            try await deliver(path, name, bytes, ArchiveValidator.validator(digest, archive: archive, end: end))
        case .same(let path, let digest):
            kept.append(
                KeptDocument(
                    path: path, validator: ArchiveValidator.validator(digest, archive: archive, end: end)))
            if kept.count >= Self.keptAtOnce { try await passKept() }
        }
    }

    private mutating func passKept() async throws {
        guard !kept.isEmpty else { return }
        try await sink.keep(kept)
        kept = []
    }

    private func deliver(_ path: String, _ name: String, _ bytes: [UInt8], _ validator: Validator?) async throws {
        try await sink.deliver(
            FetchedDocument(
                path: path, bytes: bytes, name: name, declaredCharset: request.source.options.charset(for: bytes),
                validator: validator))
    }

    /// Keeps everything that the last run left, when the archive is the same.
    static func keepAll(_ memory: ArchiveMemory, _ request: FetchRequest, in sink: any DocumentSink) async throws {
        await sink.expect(documents: request.validators.count)
        for warning in memory.unchecked { await sink.warn(warning) }
        let documents = request.validators.map { KeptDocument(path: $0.key, validator: $0.value) }
        for start in stride(from: 0, to: documents.count, by: keptAtOnce) {
            try Task.checkCancellation()
            try await sink.keep(Array(documents[start...].prefix(keptAtOnce)))
        }
    }
}
