// SPDX-License-Identifier: Apache-2.0

import OVCore

extension AccessKey: StateRecord {
    func encode(to json: inout JSONWriter) {
        json.member("id", id.description)
        json.member("digest", digest)
        json.member("role", role.rawValue)
        owner.encode(to: &json)
        json.member("created", createdAt)
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var owner = OwnerDraft()
        var (id, digest, role, createdAt): (KeyID?, Digest?, Role?, Timestamp?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "id": id = try json.value(KeyID.self)
            case "digest": digest = try json.value(Digest.self)
            case "role": role = try json.choice(Role.self)
            case "created": createdAt = try json.timestamp()
            default: try owner.decode(name, &json)
            }
        }
        guard let id, let digest, let role, let createdAt else { throw json.missing("id, digest, role or created") }
        self.init(id: id, digest: digest, role: role, owner: owner.owner, createdAt: createdAt)
    }
}
