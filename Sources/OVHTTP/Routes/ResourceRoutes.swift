// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import HummingbirdCore
import NIOCore
import OVAPI
import OVCore

/// Taking in sources, and files that are uploaded first.
struct ResourceRoutes: RouteGroup {
    let plane: any ControlPlane
    let uploads: UploadStore
    let clock: any WallClock
    let dryRuns: Admission

    private static let source = [
        Field("path", .text, "A URL, a git repository, or a path that the server may read."),
        Field("temp_file_id", .text, "What an upload was answered with, instead of a path."),
        Field("to", .uri, "The exact target."),
        Field("parent", .uri, "The folder under which the target gets a name derived from the source."),
        Field("reason", .text, "What it is kept for."),
        Field("instruction", .text, "What to make of it."),
        Field("source_name", .text, "What an upload is called."),
    ]
    private static let options = [
        Field("wait", .boolean, "Answer when the ingest has ended."),
        Field("timeout", .number, "Seconds to wait, at most."),
        Field("watch_interval", .number, "Minutes between refreshes; 0 for no watch."),
        Field("include", .list, "Globs; only documents that match one are kept."),
        Field("exclude", .list, "Globs; documents that match one are left out."),
        Field("ignore_dirs", .list, "Names of folders that are left out wherever they are."),
        Field("fetcher", .text, "The fetcher, when it is not to be guessed."),
        Field("args", .object, "Arguments of the fetcher."),
        Field("allow_private_networks", .boolean, "Local callers only: fetch from private networks, too."),
        Field("dry_run", .boolean, "Say what would change, and change nothing."),
        Field(
            "verify", .boolean, "Read the source anew, say in what it differs from what is kept, and change nothing."),
        Field("working_directory", .text, "Local callers only: what relative paths are relative to."),
        Field("home_directory", .text, "Local callers only: what `~` is."),
    ]
    /// What OpenViking clients send, and what has no meaning here.
    private static let others = Field.ignored(
        "strict", "build_index", "summarize", "processing_mode", "telemetry", "directly_upload_media",
        "preserve_structure", "create_parent", "tags", "tag_mode", "add_type")

    var routes: [Route] {
        [
            Route(
                .post, "/api/v1/resources", "Take in a source, once or as a watch that keeps it current",
                body: .json(Self.source + Self.options + Self.others), answer: .result("IngestReceiptOrPlan"), ingest),
            Route(
                .post, "/api/v1/resources/temp_upload", "Upload a file, to be ingested by its temp_file_id",
                body: .upload, answer: .result("Upload"), upload),
        ]
    }

    // MARK: Ingest

    @Sendable private func ingest(_ request: APIRequest) async throws -> Answer {
        let timeout = try request.timeout
        let wanted = try ingestRequest(request)
        if let preview = try Self.preview(request.body) {
            // It fetches for as long as an ingest may, and waits in no queue.
            let permit = try dryRuns.enter()
            defer { withExtendedLifetime(permit) {} }
            return .result(try await plane.preview(wanted, preview, as: request.caller))
        }
        let receipt = try await plane.ingest(wanted, as: request.caller)
        guard request.body.bool("wait") ?? false else {
            return .result { receipt.write(to: &$0, result: nil) }
        }
        let ended: TaskView?
        do {
            ended = try await withDeadline(timeout, clock: clock) { [plane] in
                var last: TaskView?
                let updates = try await plane.updates(ofTask: receipt.task.description, as: request.caller)
                for try await view in updates { last = view }
                // A stream just ends when its task is cancelled.
                try Task.checkCancellation()
                guard let last else { throw OVError(.internal, "a run has no state") }
                return last
            }
        } catch let error as OVError {
            throw error.adding(receipt)
        }
        guard let ended else {
            let error = OVError(
                .deadlineExceeded, "the ingest of \(receipt.sourcePath) goes on, and has not ended in time",
                hint: "ask for its task: GET /api/v1/tasks/\(receipt.task)")
            throw error.adding(receipt)
        }
        if let failure = ended.failure() { throw failure.adding(receipt) }
        return .result { receipt.write(to: &$0, result: ended.result) }
    }

    private static func preview(_ body: FieldValues) throws(OVError) -> IngestPreview? {
        switch (body.bool("dry_run") ?? false, body.bool("verify") ?? false) {
        case (false, false): nil
        case (true, false): .dryRun
        case (false, true): .verification
        case (true, true):
            throw OVError(
                .contradictoryArguments, "'dry_run' and 'verify' exclude each other",
                hint: "verify tells what differs as well, and changes nothing either")
        }
    }

    private func ingestRequest(_ request: APIRequest) throws(OVError) -> IngestRequest {
        let body = request.body
        for name in ["working_directory", "home_directory"] where request.caller.origin != .local && body.has(name) {
            throw OVError(
                .permissionDenied, "'\(name)' is for callers on this machine", hint: "give the whole path, or a URL")
        }
        return IngestRequest(
            path: try Self.path(body), to: body.text("to"), parent: body.text("parent"),
            reason: body.text("reason") ?? "", instruction: body.text("instruction") ?? "",
            watchInterval: body.number("watch_interval") ?? 0, include: body.list("include"),
            exclude: body.list("exclude"), ignoredDirectories: body.list("ignore_dirs"),
            fetcher: body.text("fetcher"), arguments: try Self.arguments(body.object("args")),
            suggestedName: body.has("temp_file_id") ? body.text("source_name") : nil,
            allowsPrivateNetworks: body.bool("allow_private_networks") ?? false,
            workingDirectory: body.text("working_directory") ?? "/", homeDirectory: body.text("home_directory"))
    }

    private static func path(_ body: FieldValues) throws(OVError) -> String {
        switch (body.text("path"), body.text("temp_file_id")) {
        case (nil, nil):
            throw .invalidField(
                ["body", "path"], "either 'path' or 'temp_file_id' must say what to ingest", type: "missing")
        case (_?, _?):
            throw OVError(
                .contradictoryArguments, "'path' and 'temp_file_id' exclude each other", hint: "send one of the two")
        case (let path?, nil): return path
        case (nil, let id?):
            guard let id = TaskID(id) else {
                throw OVError(
                    .notFound, "there is no upload '\(id.prefix(120))'", hint: "POST /api/v1/resources/temp_upload")
            }
            return UploadReference(id: id).text
        }
    }

    /// Arguments are text to fetchers; numbers and truths are written as JSON writes them.
    private static func arguments(_ value: JSONValue?) throws(OVError) -> [String: String] {
        guard case .object(let members)? = value else { return [:] }
        var arguments: [String: String] = [:]
        for member in members {
            switch member.value {
            case .string(let text): arguments[member.name] = text
            case .integer, .number, .bool: arguments[member.name] = JSONWriter.text(of: member.value)
            case .null: continue
            case .array, .object:
                throw .invalidField(
                    ["body", "args", String(member.name.prefix(80))], "an argument must be a text or a number",
                    type: "string_type")
            }
        }
        return arguments
    }

    // MARK: Upload

    @Sendable private func upload(_ request: APIRequest) async throws -> Answer {
        let bound = uploads.limits.uploadBytes
        if let length = request.headers[.contentLength].flatMap({ Int64($0) }), length > bound {
            throw Self.tooLarge(bound)
        }
        var form = try MultipartReader(contentType: request.headers[.contentType])
        var pending: PendingUpload?
        do {
            try await receive(request, &form, into: &pending)
            guard form.isComplete else { throw MultipartReader.malformed("it ends too early") }
            guard let pending else {
                throw OVError.invalidField(["body", "file"], "the form has no part 'file'", type: "missing")
            }
            try await uploads.finish(pending)
            return .result { json in
                json.object { $0.member("temp_file_id", pending.reference.id) }
            }
        } catch {
            if let pending { await uploads.abandon(pending) }
            throw error
        }
    }

    private func receive(_ request: APIRequest, _ form: inout MultipartReader, into pending: inout PendingUpload?)
        async throws
    {
        var (isOpen, count): (Bool, Int64) = (false, 0)
        for try await buffer in request.stream {
            count += Int64(buffer.readableBytes)
            guard count <= uploads.limits.uploadBytes else { throw Self.tooLarge(uploads.limits.uploadBytes) }
            for event in try form.read(buffer.readableBytesView) {
                switch event {
                case .part("file", let fileName):
                    guard pending == nil else {
                        throw OVError.invalidField(["body", "file"], "the form has several files", type: "duplicate")
                    }
                    pending = try await uploads.begin(fileName: fileName)
                    isOpen = true
                case .part: continue
                case .data(let bytes):
                    if isOpen, let pending { try await uploads.append(bytes, to: pending) }
                case .partEnd: isOpen = false
                }
            }
        }
    }

    private static func tooLarge(_ bound: Int64) -> OVError {
        OVError(.payloadTooLarge, "the upload is larger than \(bound) bytes")
    }
}

extension OVError {
    /// With what was accepted before it came to this.
    fileprivate func adding(_ receipt: IngestReceipt) -> OVError {
        var error = self
        error.details["task_id"] = .string(receipt.task.description)
        error.details["root_uri"] = .string(receipt.root.text)
        error.details["source"] = .string(receipt.sourcePath)
        error.details["watch_id"] = receipt.watch.map { .string($0.id.description) }
        return error
    }
}
