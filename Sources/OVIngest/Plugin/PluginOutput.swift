// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Makes documents of the archive that a plug-in writes.
struct PluginOutput: Sendable {
    private let request: FetchRequest
    private let sink: any DocumentSink
    private var reader: TarReader
    private var admission: PathAdmission

    private var shape: Resource.Shape?
    private var isAdditive = false
    private var documents = 0
    private var kept: [KeptDocument] = []
    private var hasUnknownKeyword = false

    private static let keptAtOnce = 1024

    /// - Throws: `FetchError` when the source's options make no sense.
    init(_ request: FetchRequest, sink: any DocumentSink) throws(FetchError) {
        self.request = request
        self.sink = sink
        reader = TarReader(
            limits: ArchiveLimits(request.limits), keepingRecords: PluginProtocol.keywordPrefix)
        do { admission = PathAdmission(try PathFilter(request.source.options)) } catch {
            throw .permanent(cause: "invalid_argument", error.message, hint: error.hint)
        }
    }

    /// Whether nothing came at all.
    var isEmpty: Bool { reader.offset == 0 }

    /// - Throws: `ArchiveError`, `FetchError`, `CancellationError`, what the sink throws.
    mutating func take(_ bytes: [UInt8]) async throws {
        reader.add(bytes[...])
        while let item = try reader.next() {
            switch item {
            case .entry(let entry):
                try Task.checkCancellation()
                try await consider(entry)
            case .file(let entry, let bytes): try await deliver(entry, bytes)
            case .warning(let warning): await sink.warn(warning)
            }
        }
    }

    /// - Throws: as `take`.
    mutating func finish() async throws -> FetchSummary {
        for warning in try reader.finish() { await sink.warn(warning) }
        try await passKept()
        // An archive may have nothing but a global header.
        let last = try PluginRecords(reader.globalRecords)
        let shape = shape ?? last.shape ?? .tree
        guard shape == .tree || documents == 1 else {
            throw FetchError.badOutput("it says that the source is a single document, and has none")
        }
        await sink.expect(documents: documents)
        return FetchSummary(shape: shape, isAdditive: isAdditive || last.isAdditive)
    }

    private mutating func consider(_ entry: ArchiveEntry) async throws {
        let records = try PluginRecords(entry.records)
        if let unknown = records.unknown, !hasUnknownKeyword {
            hasUnknownKeyword = true
            await sink.warn(FetchWarning(path: nil, message: "the plug-in says '\(unknown)', which means nothing here"))
        }
        isAdditive = isAdditive || records.isAdditive
        let shape = records.shape ?? .tree
        guard shape == self.shape ?? shape else {
            throw FetchError.badOutput("it says of some files only that the source is a single document")
        }
        self.shape = shape
        if shape == .single {
            try checkSingle(entry)
        } else if !admission.admits(entry.path) {
            return
        }
        if records.isUnchanged {
            guard entry.kind == .file, entry.size == 0 else {
                throw FetchError.badOutput("it says that '\(entry.path)' has not changed, and has content for it")
            }
            guard request.validators[path(of: entry)] != nil else {
                throw FetchError.badOutput(
                    "it says that '\(entry.path)' has not changed, and was given no validator for it")
            }
        }
        try reader.take()
    }

    private func checkSingle(_ entry: ArchiveEntry) throws(FetchError) {
        guard documents == 0, entry.kind == .file else {
            throw .badOutput(
                "it says that the source is a single document, and has '\(entry.path)' "
                    + (entry.kind == .file ? "beside another file" : "as a \(entry.kind.nouns.one)"))
        }
        let limit = min(request.limits.documentBytes, request.limits.bytesPerIngest)
        guard entry.size <= limit else {
            throw .permanent(
                cause: "limit_exceeded",
                "\(request.source.location) has \(entry.size) bytes; one document may have \(limit)")
        }
    }

    private func path(of entry: ArchiveEntry) -> String { shape == .single ? "" : entry.path }

    private mutating func deliver(_ entry: ArchiveEntry, _ bytes: [UInt8]) async throws {
        let (records, path) = (try PluginRecords(entry.records), path(of: entry))
        documents += 1
        if records.isUnchanged, let old = request.validators[path] {
            kept.append(KeptDocument(path: path, validator: records.validator ?? old))
            if kept.count >= Self.keptAtOnce { try await passKept() }
            return
        }
        try await sink.deliver(
            FetchedDocument(
                path: path, bytes: bytes, name: LocalPath.lastSegment(entry.path), declaredType: records.type,
                declaredCharset: records.charset, validator: records.validator))
    }

    private mutating func passKept() async throws {
        guard !kept.isEmpty else { return }
        let documents = kept
        kept = []
        try await sink.keep(documents)
    }
}

/// What the extended headers say of one file, see `PluginProtocol.Keyword`.
private struct PluginRecords {
    var validator: Validator?
    var isUnchanged = false
    var type: String?
    var charset: String?
    var shape: Resource.Shape?
    var isAdditive = false
    /// A keyword that is none.
    var unknown: String?

    init(_ records: [String: String]) throws(FetchError) {
        for (name, value) in records {
            switch PluginProtocol.Keyword(rawValue: name) {
            case .validator:
                guard value.utf8.count <= PluginProtocol.maximumValidatorBytes else {
                    throw .badOutput("\(name) may have \(PluginProtocol.maximumValidatorBytes) bytes")
                }
                validator = Validator(value)
            case .unchanged: isUnchanged = try Self.choice(name, value, ["1": true, "0": false])
            case .type: type = value
            case .charset: charset = value
            case .shape: shape = try Self.choice(name, value, ["single": .single, "tree": .tree])
            case .additive: isAdditive = try Self.choice(name, value, ["1": true, "0": false])
            case nil: unknown = name
            }
        }
    }

    private static func choice<Value>(_ name: String, _ value: String, _ choices: [String: Value]) throws(FetchError)
        -> Value
    {
        guard let chosen = choices[value] else {
            let shown = ForeignText.line(value.utf8, atMost: 60)
            throw .badOutput("\(name) is \(choices.keys.sorted().joined(separator: " or ")), not '\(shown)'")
        }
        return chosen
    }
}
