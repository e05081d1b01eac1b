// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What stands in `_meta` of a request: how to tell progress, and in the stateless era who asks.
struct RequestMeta: Sendable {
    /// A string or an integer, 0 and the empty string among them.
    let progressToken: JSONValue?
    /// Whether it has anything that only the stateless era has.
    let isStateless: Bool
    let protocolVersion: JSONValue?
    let clientCapabilities: JSONValue?
    let logLevel: JSONValue?

    /// - Throws: -32602 when `_meta` is no object.
    init(of params: Params) throws(RPCError) {
        let meta = try params.optionalObject("_meta") ?? Params()
        progressToken = meta["progressToken"].flatMap { RequestID($0)?.json }
        isStateless = (meta.json.members ?? []).contains { member in
            member.name.hasPrefix(MetaKey.prefix) && member.name != MetaKey.relatedTask
        }
        protocolVersion = meta[MetaKey.protocolVersion]
        clientCapabilities = meta[MetaKey.clientCapabilities]
        logLevel = meta[MetaKey.logLevel]
    }

    /// Whether the envelope of the stateless era is there.
    /// - Throws: -32602.
    func checkShape() throws(RPCError) {
        guard let protocolVersion else { throw .invalidParams("'_meta' lacks \(MetaKey.protocolVersion)") }
        guard protocolVersion.string != nil else { throw .invalidParams("\(MetaKey.protocolVersion) must be a string") }
        guard let clientCapabilities else { throw .invalidParams("'_meta' lacks \(MetaKey.clientCapabilities)") }
        guard clientCapabilities.members != nil else {
            throw .invalidParams("\(MetaKey.clientCapabilities) must be an object")
        }
    }

    /// What the client can do, once the shape is found to be right.
    /// - Throws: -32022 for a revision that is not spoken, or that has a handshake.
    func capabilities() throws(RPCError) -> ClientCapabilities {
        guard let version = protocolVersion?.string.flatMap({ ProtocolVersion(rawValue: $0) }), !version.hasHandshake
        else { throw .unsupportedVersion(protocolVersion ?? .null) }
        return ClientCapabilities(clientCapabilities ?? [:])
    }

    /// - Throws: -32602 for a level that there is not.
    func level() throws(RPCError) -> LogLevel? {
        guard let logLevel else { return nil }
        return try LogLevel(checking: logLevel)
    }
}
