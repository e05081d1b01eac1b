// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// A stream of what changes, until one of both sides ends it.
struct ListenMethod: Method {
    static let name = "subscriptions/listen"

    func isPart(of era: Era) -> Bool { era.isStateless }

    func isSlow(_ params: Params) -> Bool { true }

    func result(of call: Call, by server: MCPServer) async throws -> MethodResult {
        let filter = try call.params.object("notifications")
        let interest = try interest(in: filter, of: call)
        let tag = (MetaKey.subscriptionID, call.id.json)
        let feed = UpdateFeed(
            plane: server.plane, caller: call.caller, clock: server.clock, interest: { interest }
        ) { notice in
            await call.origin.ready()
            call.origin.emit(notice.message(tag: tag))
        }
        // Before the acknowledgement, or a change in between would be lost.
        let start = try await feed.start()
        var honoured: [(name: String, value: JSONValue)] = []
        if interest.listChanges { honoured.append(("resourcesListChanged", true)) }
        if !interest.isEmpty { honoured.append(("resourceSubscriptions", filter["resourceSubscriptions"] ?? [])) }
        call.origin.emit(
            .notification(
                method: "notifications/subscriptions/acknowledged",
                params: ["_meta": .object([tag]), "notifications": .object(honoured)]))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await feed.run(from: start) }
            group.addTask { await call.origin.ending.wait() }
            await group.next()
            group.cancelAll()
        }
        try Task.checkCancellation()
        call.origin.emit(
            .notification(
                method: "notifications/cancelled",
                params: ["_meta": .object([tag]), "requestId": call.id.json, "reason": "the server ends"]))
        var result = MethodResult()
        result.meta = [tag]
        return result
    }

    private func interest(in filter: Params, of call: Call) throws -> Interest {
        for name in ["toolsListChanged", "promptsListChanged", "resourcesListChanged"] {
            guard filter[name] == nil || filter[name]?.bool != nil else {
                throw RPCError.invalidParams("'\(name)' must be true or false")
            }
        }
        var interest = Interest(listChanges: filter["resourcesListChanged"]?.bool ?? false)
        guard let list = filter["resourceSubscriptions"] else { return interest }
        guard let uris = list.array, uris.allSatisfy({ $0.string != nil }) else {
            throw RPCError.invalidParams("'resourceSubscriptions' must be a list of URIs")
        }
        for text in uris.compactMap(\.string) {
            do throws(OVError) {
                let uri = try ResourceAddress.parse(text, user: call.caller.user)
                guard interest.add(uri, as: text) else {
                    throw OVError(
                        .invalidArgument, "at most \(Interest.maximumCount) subscriptions",
                        hint: "subscribe to folders")
                }
            } catch {
                throw error.asResourceError(of: text, in: call.era)
            }
        }
        return interest
    }
}
