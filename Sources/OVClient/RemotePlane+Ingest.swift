// SPDX-License-Identifier: Apache-2.0

package import OVAPI
package import OVCore
internal import OVSystem

extension RemotePlane {
    package func ingest(_ request: IngestRequest, as caller: Caller) async throws(OVError) -> IngestReceipt {
        try await connection.value(IngestReceipt.self, try await body(of: request))
    }

    package func preview(_ request: IngestRequest, _ preview: IngestPreview, as caller: Caller) async throws(OVError)
        -> IngestPlan
    {
        // As long as an ingest takes; the server has a bound on that.
        let body = try await body(of: request, preview).within(nil)
        return try await connection.value(IngestPlan.self, body)
    }

    private func body(of request: IngestRequest, _ preview: IngestPreview? = nil) async throws(OVError) -> ServerRequest
    {
        // JSON has no words for what is no number.
        if !request.watchInterval.isFinite { _ = try Interval(minutes: request.watchInterval) }
        let upload = try await uploaded(request)
        let isLocal = connection.address.isLocal
        return ServerRequest(.post, "/api/v1/resources").with { json in
            if let upload {
                json.member("temp_file_id", upload.id)
                json.member("source_name", request.suggestedName ?? upload.name)
            } else {
                json.member("path", request.path)
            }
            json.member("to", ifAny: request.to)
            json.member("parent", ifAny: request.parent)
            json.member("reason", request.reason)
            json.member("instruction", request.instruction)
            json.member("watch_interval", request.watchInterval)
            json.member("include", request.include)
            json.member("exclude", request.exclude)
            json.member("ignore_dirs", request.ignoredDirectories)
            json.member("fetcher", ifAny: request.fetcher)
            json.name("args")
            json.object { json in
                for (name, value) in request.arguments.sorted(by: { $0.key < $1.key }) {
                    json.member(data: name, value)
                }
            }
            if request.allowsPrivateNetworks { json.member("allow_private_networks", true) }
            if let preview { json.member(preview == .dryRun ? "dry_run" : "verify", true) }
            if isLocal {
                json.member("working_directory", request.workingDirectory)
                json.member("home_directory", ifAny: request.homeDirectory)
            }
        }
    }

    /// Sends a file or folder of this machine ahead, if the source is one and the server does not see it.
    private func uploaded(_ request: IngestRequest) async throws(OVError) -> (id: String, name: String)? {
        guard !connection.address.isLocal, let source = LocalSource(request) else { return nil }
        guard request.watchInterval <= 0 else {
            throw OVError(
                .contradictoryArguments,
                "'\(request.path)' is on this machine, where the server cannot look again: an upload is a snapshot",
                hint: "leave out the interval; or, for a path of the server's own that it allows, "
                    + "write file:///the/whole/path")
        }
        let form = MultipartUpload(
            source: source, ignored: request.ignoredDirectories, boundary: "ov-\(random.nextTaskID())",
            threads: ThreadPool(count: 1))
        var upload = ServerRequest(.post, "/api/v1/resources/temp_upload").within(Self.transferTime)
        upload.body = .form(form)
        let id = try await connection.value(upload) { json throws(JSONError) in
            var id: String?
            try json.object { name, json throws(JSONError) in
                if name == "temp_file_id" { id = try json.string() } else { try json.skip() }
            }
            return try json.required(id, "temp_file_id")
        }
        return (id, source.name)
    }
}
