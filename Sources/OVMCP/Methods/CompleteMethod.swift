// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Proposes how an address goes on, a segment at a time; a folder ends in a slash.
struct CompleteMethod: Method {
    static let name = "completion/complete"
    /// The most that the protocol allows.
    private static let bound = 100

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let reference = try call.params.object("ref")
        let argument = try call.params.object("argument")
        let (name, value) = (try argument.string("name"), try argument.string("value"))
        var matches: [String] = []
        switch try reference.string("type") {
        case "ref/resource":
            let uri = try reference.string("uri")
            guard uri == ListTemplatesMethod.template, name == "path" else {
                throw RPCError.invalidParams("there is no template '\(uri.shown)' with '\(name.shown)'")
            }
            matches = await addresses(beginning: VikingURI.scheme + value, call, server)
                .map { String($0.dropFirst(VikingURI.scheme.count)) }
        case "ref/prompt":
            let prompt = try reference.string("name")
            guard let found = server.prompts[prompt], found.arguments.contains(where: { $0.name == name }) else {
                throw RPCError.invalidParams("there is no prompt '\(prompt.shown)' with '\(name.shown)'")
            }
            if name == "uri" { matches = await addresses(beginning: value, call, server) }
        case let type: throw RPCError.invalidParams("there is no reference of the type '\(type.shown)'")
        }
        return MethodResult([
            (
                "completion",
                [
                    "values": .array(matches.prefix(Self.bound).map { .string($0) }),
                    "total": .integer(Int64(matches.count)), "hasMore": .bool(matches.count > Self.bound),
                ]
            )
        ])
    }

    /// The addresses that begin like this, up to the end of the segment. What cannot be listed has none.
    private func addresses(beginning text: String, _ call: Call, _ server: MCPServer) async -> [String] {
        guard text.hasPrefix(VikingURI.scheme) else {
            return VikingURI.scheme.hasPrefix(text) ? [VikingURI.resources.text + "/"] : []
        }
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return [] }
        let folder = String(text[...slash])
        guard let list = try? await server.plane.entries(of: folder, ListOptions(), as: call.caller) else { return [] }
        let candidates = list.entries.filter { !$0.relativePath.isEmpty }.map { entry in
            folder + entry.name + (entry.isFolder ? "/" : "")
        }
        return candidates.filter { $0.hasPrefix(text) }
    }
}
