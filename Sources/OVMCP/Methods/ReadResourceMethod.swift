// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// The content of a document: text, or bytes of what is none. A folder is read as a list of what is in it.
struct ReadResourceMethod: Method {
    static let name = "resources/read"
    /// The most bytes that go out in one message.
    private static let bound = 4 << 20
    /// How long an answer holds for what nobody refreshes, and for what is being refreshed.
    private static let unwatched = Milliseconds.minutes(1)

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let text = try call.params.string("uri")
        do throws(OVError) {
            let uri = try ResourceAddress.parse(text, user: call.caller.user)
            let content = try await content(of: uri, as: text, call, server)
            let time = await timeToNextRun(of: uri, call, server)
            return MethodResult([("contents", [content])], caching: .init(time: time, isPublic: false))
        } catch {
            throw error.asResourceError(of: text, in: call.era)
        }
    }

    private func content(of uri: VikingURI, as text: String, _ call: Call, _ server: MCPServer) async throws(OVError)
        -> JSONValue
    {
        let entry = try await server.plane.stat(uri.text, as: call.caller)
        if entry.isFolder {
            let overview = try await server.plane.overview(of: uri.text, as: call.caller)
            return Self.content(text, "text/plain", ("text", .string(overview.text)), entry)
        }
        guard entry.size <= Self.bound else {
            throw OVError(
                .payloadTooLarge, "\(uri) has \(Amount.bytes(entry.size)), more than fits into one message",
                hint: "the tool `read` gives its text in parts")
        }
        let document = try await server.plane.download(uri.text, as: call.caller)
        if isText(document.mediaType), let content = String(validating: document.bytes, as: UTF8.self) {
            return Self.content(text, document.mediaType, ("text", .string(content)), entry)
        }
        return Self.content(text, document.mediaType, ("blob", .string(Base64.encode(document.bytes))), entry)
    }

    private func isText(_ type: String) -> Bool {
        type.hasPrefix("text/") || ["json", "xml", "yaml", "toml", "javascript"].contains { type.contains($0) }
    }

    private static func content(
        _ uri: String, _ type: String, _ content: (name: String, value: JSONValue), _ entry: Entry
    ) -> JSONValue {
        var members: [(name: String, value: JSONValue)] = [("uri", .string(uri)), ("mimeType", .string(type)), content]
        var meta: [(name: String, value: JSONValue)] = []
        if let checked = entry.lastChecked { meta.append(("lastChecked", .string(checked.description))) }
        if let changed = entry.lastChanged { meta.append(("lastChanged", .string(changed.description))) }
        meta.append(("untrusted", true))
        members.append(("_meta", .object(meta)))
        return .object(members)
    }

    private func timeToNextRun(of uri: VikingURI, _ call: Call, _ server: MCPServer) async -> Milliseconds {
        guard call.era.isStateless, let watch = await server.plane.watch(covering: uri, as: call.caller),
            let next = watch.nextRun
        else { return Self.unwatched }
        guard watch.runningTask == nil else { return .zero }
        return max(.zero, next.since(server.clock.now()))
    }
}

extension OVError {
    /// As an answer to a request that names a resource.
    func asResourceError(of uri: String, in era: Era) -> RPCError {
        let data: JSONValue = ["uri": .string(uri.shown)]
        switch code {
        case .notFound:
            let number = era.isStateless ? RPCError.invalidParamsCode : RPCError.resourceNotFoundCode
            return RPCError(number, sentence, data: data)
        case .invalidURI, .invalidArgument, .contradictoryArguments, .failedPrecondition, .payloadTooLarge,
            .permissionDenied:
            return .invalidParams(sentence, data: data)
        default: return RPCError(RPCError.internalErrorCode, sentence, data: data)
        }
    }
}
