// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What a method answers, before the era adds what it wants of each answer.
struct MethodResult: Sendable {
    /// For how long an answer may be used again, and by whom.
    struct Caching: Hashable, Sendable {
        let time: Milliseconds
        /// Whether it is the same for everybody.
        let isPublic: Bool
    }

    var members: [(name: String, value: JSONValue)]
    var caching: Caching?
    var type = "complete"
    /// Members of `_meta`.
    var meta: [(name: String, value: JSONValue)] = []

    init(_ members: [(name: String, value: JSONValue)] = [], caching: Caching? = nil) {
        self.members = members
        self.caching = caching
    }

    func json(in era: Era) -> JSONValue {
        guard era.isStateless else { return .object(members + metaMember(meta)) }
        var all: [(name: String, value: JSONValue)] = [("resultType", .string(type))]
        all += members
        if let caching {
            all.append(("ttlMs", .integer(max(0, caching.time.count))))
            all.append(("cacheScope", caching.isPublic ? "public" : "private"))
        }
        return .object(all + metaMember(meta + [(MetaKey.serverInfo, ServerIdentity.json)]))
    }

    private func metaMember(_ meta: [(name: String, value: JSONValue)]) -> [(name: String, value: JSONValue)] {
        meta.isEmpty ? [] : [("_meta", .object(meta))]
    }
}

extension MethodResult.Caching {
    /// For what is the same as long as the process lives.
    static let fixed = MethodResult.Caching(time: .minutes(60), isPublic: true)
    /// For lists of what a caller may see.
    static let list = MethodResult.Caching(time: .seconds(10), isPublic: false)
}
