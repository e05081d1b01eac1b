// SPDX-License-Identifier: Apache-2.0

import Glibc
package import OVCore
internal import OVSystem

/// A single file on this machine.
package struct FileFetcher: Fetcher {
    private let clock: any WallClock

    package init(clock: any WallClock = SystemClock()) { self.clock = clock }

    package let name = "file"
    package let version = 1
    package let arguments = [charsetArgument]

    package func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource? {
        guard let path = try LocalPath.parse(text, in: context), try LocalPath.status(path)?.kind == .file else {
            return nil
        }
        return RecognisedSource(location: path, suggestedName: LocalPath.suggestedName(path))
    }

    package func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary {
        try Task.checkCancellation()
        let location = request.source.location
        let status = try status(location)
        guard status.kind == .file else {
            throw FetchError.permanent(
                cause: "source_gone", "\(location) is a \(status.noun) now, not a file",
                hint: "`ov rm` the resource and ingest it anew")
        }
        await sink.expect(documents: 1)
        if let validator = request.validators[""], FileValidator.matches(validator, status) {
            try await sink.keep([KeptDocument(path: "", validator: validator)])
        } else {
            try await deliver(request, into: sink)
        }
        return FetchSummary(shape: .single)
    }

    private func status(_ location: String) throws -> FileStatus {
        do { return try FileStatus(of: location) } catch { throw FetchError.source(location, error) }
    }

    private func deliver(_ request: FetchRequest, into sink: any DocumentSink) async throws {
        let location = request.source.location
        let limit = min(request.limits.documentBytes, request.limits.bytesPerIngest)
        let file: Descriptor
        do { file = try Descriptor(opening: location, StableRead.flags) } catch {
            throw FetchError.source(location, error)
        }
        let read: StableRead
        do { read = try StableRead.read(file, clock: clock, limit: limit) } catch {
            throw error.fetchError(of: location, limit: limit)
        }
        if read.isTorn { await sink.warn(FetchWarning(path: "", message: "it changed while it was read")) }
        try await sink.deliver(
            FetchedDocument(
                path: "", bytes: read.bytes, name: LocalPath.lastSegment(location),
                declaredCharset: request.source.options.charset(for: read.bytes), validator: read.validator))
    }
}

extension StableRead.Failure {
    func fetchError(of location: String, limit: Int64) -> FetchError {
        switch self {
        case .notAFile(let noun): .permanent(cause: "source_gone", "\(location) is a \(noun) now, not a file")
        case .tooLarge(let size):
            .permanent(
                cause: "limit_exceeded", "\(location) has \(size) bytes; one document may have \(limit)",
                hint: "split it, or leave out what nobody reads")
        case .system(let error): .source(location, error)
        }
    }
}

/// The argument with which a user says what text is in that is not UTF-8.
let charsetArgument = (name: "charset", help: "the charset of text that is not UTF-8, such as windows-1251")

extension Source.Options {
    /// The charset that the user declared, if the bytes need one.
    ///
    /// Text in another charset that happens to be valid UTF-8 beyond ASCII is so rare that such a file in a folder
    /// of old ones is taken for what it looks like.
    func charset(for bytes: [UInt8]) -> String? {
        guard let charset = arguments[charsetArgument.name] else { return nil }
        return UTF8Validity(of: bytes) == .beyondASCII ? nil : charset
    }
}
