// SPDX-License-Identifier: Apache-2.0

import OVCore

/// The parameters of a message: an object whose members are read by their types.
package struct Params: Sendable {
    package let json: JSONValue

    /// Nil for what is no object.
    package init?(_ json: JSONValue) {
        guard json.members != nil else { return nil }
        self.json = json
    }

    init() { json = [:] }

    subscript(name: String) -> JSONValue? {
        guard let value = json[name], value != .null else { return nil }
        return value
    }

    /// - Throws: -32602 when it is not there or no string.
    func string(_ name: String) throws(RPCError) -> String {
        guard let value = self[name] else { throw .invalidParams("'\(name)' is missing") }
        guard let text = value.string else { throw .invalidParams("'\(name)' must be a string") }
        return text
    }

    func optionalString(_ name: String) throws(RPCError) -> String? {
        self[name] == nil ? nil : try string(name)
    }

    func object(_ name: String) throws(RPCError) -> Params {
        guard let value = self[name] else { throw .invalidParams("'\(name)' is missing") }
        guard let params = Params(value) else { throw .invalidParams("'\(name)' must be an object") }
        return params
    }

    func optionalObject(_ name: String) throws(RPCError) -> Params? {
        self[name] == nil ? nil : try object(name)
    }
}
