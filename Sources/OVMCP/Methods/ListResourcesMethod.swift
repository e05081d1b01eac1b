// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Every document that the caller may read, in the order of their addresses, a page at a time.
struct ListResourcesMethod: Method {
    static let name = "resources/list"
    static let pageLength = 200

    /// What a cursor begins with; the address of the last document of the page before follows.
    private static let mark = "after:"

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let last = try place(call.params.optionalString("cursor"))
        let list = try await server.plane.entries(
            of: VikingURI.root.text, ListOptions(recursive: true), as: call.caller)
        var documents = list.entries.filter { entry in
            guard !entry.isFolder else { return false }
            return last.map { $0 < entry.uri } ?? true
        }
        documents.sort { $0.uri < $1.uri }
        let page = documents.prefix(Self.pageLength)
        var members: [(name: String, value: JSONValue)] = [("resources", .array(page.map(\.resource)))]
        if page.count < documents.count, let end = page.last {
            members.append(("nextCursor", .string(Self.mark + end.uri.text)))
        }
        return MethodResult(members, caching: .list)
    }

    private func place(_ cursor: String?) throws(RPCError) -> VikingURI? {
        guard let cursor else { return nil }
        guard cursor.hasPrefix(Self.mark), let uri = VikingURI(canonical: String(cursor.dropFirst(Self.mark.count)))
        else { throw .invalidParams("there is no such cursor; leave it out to begin anew") }
        return uri
    }
}
