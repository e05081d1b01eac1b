// SPDX-License-Identifier: Apache-2.0

import OVCore

extension Removal: StateRecord {
    func encode(to json: inout JSONWriter) {
        json.member("of", Record(key))
        json.member("at", at)
        json.member("sequence", Int(clamping: sequence))
        json.member("pack", pack)
        json.member("forgotten", ifNotZero: Int(clamping: forgotten))
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var (key, at, sequence, pack): (ResourceKey?, Timestamp?, Int?, String?)
        var forgotten = 0
        try json.object { name, json throws(JSONError) in
            switch name {
            case "of": key = try ResourceKey(decoding: &json)
            case "at": at = try json.timestamp()
            case "sequence": sequence = try json.count()
            case "pack": pack = try json.string()
            case "forgotten": forgotten = try json.count()
            default: throw json.unknown(name)
            }
        }
        guard let key, let at, let sequence, let pack else { throw json.missing("of, at, sequence or pack") }
        guard PackName.isValid(pack) else { throw json.failure("malformed pack name") }
        self.init(key: key, at: at, sequence: UInt64(sequence), pack: pack, forgotten: UInt64(forgotten))
    }
}

extension FeedReader.Key: StateRecord {
    func encode(to json: inout JSONWriter) {
        owner.encode(to: &json)
        json.member("name", name)
        json.member("uri", uri)
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var (owner, reader, uri): (OwnerDraft, String?, VikingURI?) = (OwnerDraft(), nil, nil)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "name": reader = try json.string()
            case "uri": uri = try json.uri()
            default: try owner.decode(name, &json)
            }
        }
        guard let reader, let uri else { throw json.missing("name or uri") }
        self.init(owner: owner.owner, name: reader, uri: uri)
    }
}

extension FeedReader: StateRecord {
    func encode(to json: inout JSONWriter) {
        json.member("key", Record(key))
        json.member("cursor", cursor)
        json.member("at", at)
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var (key, cursor, at): (Key?, String?, Timestamp?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "key": key = try Key(decoding: &json)
            case "cursor": cursor = try json.string()
            case "at": at = try json.timestamp()
            default: throw json.unknown(name)
            }
        }
        guard let key, let cursor, let at else { throw json.missing("key, cursor or at") }
        self.init(key: key, cursor: cursor, at: at)
    }
}
