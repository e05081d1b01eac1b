// SPDX-License-Identifier: Apache-2.0

import OVCore

private let defaultName = "default"

extension Owner {
    /// Two fields among those of the record that is owned; left out where they are `default`.
    func encode(to json: inout JSONWriter) {
        if account != defaultName { json.member("account", account) }
        if user != defaultName { json.member("user", user) }
    }
}

/// The counterpart of `Owner.encode`.
struct OwnerDraft {
    private var account = defaultName
    private var user = defaultName

    var owner: Owner { Owner(account: account, user: user) }

    mutating func decode(_ name: String, _ json: inout JSONReader) throws(JSONError) {
        switch name {
        case "account": account = try json.string()
        case "user": user = try json.string()
        default: throw json.unknown(name)
        }
    }
}

extension ResourceKey: StateRecord {
    func encode(to json: inout JSONWriter) {
        if account != defaultName { json.member("account", account) }
        json.member("uri", uri)
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var account = defaultName
        var uri: VikingURI?
        try json.object { name, json throws(JSONError) in
            switch name {
            case "account": account = try json.string()
            case "uri": uri = try json.uri()
            default: throw json.unknown(name)
            }
        }
        guard let uri else { throw json.missing("uri") }
        self.init(account: account, uri: uri)
    }
}
