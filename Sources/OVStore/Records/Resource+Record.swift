// SPDX-License-Identifier: Apache-2.0

import OVCore

extension Source: StateRecord {
    func encode(to json: inout JSONWriter) {
        json.member("fetcher", fetcher)
        json.member("location", location)
        json.member("include", ifNotEmpty: options.include)
        json.member("exclude", ifNotEmpty: options.exclude)
        json.member("ignore_dirs", ifNotEmpty: options.ignoredDirectories)
        if options.allowsPrivateNetworks { json.member("private_networks", true) }
        guard !options.arguments.isEmpty else { return }
        json.name("args")
        json.object { json in
            for (name, value) in options.arguments.sorted(by: { $0.key < $1.key }) { json.member(data: name, value) }
        }
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var (fetcher, location, options) = ("", "", Options())
        try json.object { name, json throws(JSONError) in
            switch name {
            case "fetcher": fetcher = try json.string()
            case "location": location = try json.string()
            case "include": options.include = try json.strings()
            case "exclude": options.exclude = try json.strings()
            case "ignore_dirs": options.ignoredDirectories = try json.strings()
            case "private_networks": options.allowsPrivateNetworks = try json.bool()
            case "args":
                try json.object { name, json throws(JSONError) in options.arguments[name] = try json.string() }
            default: throw json.unknown(name)
            }
        }
        guard !fetcher.isEmpty else { throw json.missing("fetcher") }
        self.init(fetcher: fetcher, location: location, options: options)
    }
}

extension Resource: StateRecord {
    func encode(to json: inout JSONWriter) {
        owner.encode(to: &json)
        json.member("uri", uri)
        json.member("created", createdAt)
        json.member("source", Record(source))
        json.member("shape", ifAny: shape?.rawValue)
        json.member("revision", ifNotZero: revision)
        json.member("checked", ifAny: lastChecked)
        json.member("forgotten", ifNotZero: Int(clamping: forgotten))
        guard !unchecked.isEmpty else { return }
        json.name("unchecked")
        json.object { json in
            for (path, time) in unchecked.sorted(by: { $0.key < $1.key }) { json.member(data: path, time) }
        }
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var owner = OwnerDraft()
        var (uri, createdAt, source): (VikingURI?, Timestamp?, Source?)
        var (shape, revision, lastChecked): (Shape?, Int, Timestamp?) = (nil, 0, nil)
        var (unchecked, forgotten): ([String: Timestamp], Int) = ([:], 0)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "uri": uri = try json.uri()
            case "created": createdAt = try json.timestamp()
            case "source": source = try Source(decoding: &json)
            case "shape": shape = try json.choice(Shape.self)
            case "revision": revision = try json.count()
            case "checked": lastChecked = try json.timestamp()
            case "forgotten": forgotten = try json.count()
            case "unchecked":
                try json.object { path, json throws(JSONError) in unchecked[path] = try json.timestamp() }
            default: try owner.decode(name, &json)
            }
        }
        guard let uri, let createdAt, let source else { throw json.missing("uri, created or source") }
        self.init(
            uri: uri, owner: owner.owner, source: source, createdAt: createdAt, shape: shape, revision: revision,
            lastChecked: lastChecked)
        self.unchecked = unchecked
        self.forgotten = UInt64(forgotten)
    }
}

/// A revision with the resource that it belongs to.
struct RevisionRecord: StateRecord {
    let key: ResourceKey
    let revision: Revision

    init(key: ResourceKey, revision: Revision) {
        self.key = key
        self.revision = revision
    }

    func encode(to json: inout JSONWriter) {
        json.member("of", Record(key))
        json.member("number", revision.number)
        json.member("pack", revision.pack)
        json.member("digest", revision.digest)
        json.member("at", revision.at)
        json.member("task", revision.task)
        json.member("added", ifNotZero: revision.changes.added)
        json.member("changed", ifNotZero: revision.changes.changed)
        json.member("removed", ifNotZero: revision.changes.removed)
        json.member("unchanged", ifNotZero: revision.changes.unchanged)
        json.member("documents", ifNotZero: revision.documents)
        json.member("bytes", ifNotZero: Int(revision.bytes))
        json.member("sequence", Int(clamping: revision.sequence))
        json.member("packs", revision.packs)
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var (key, number, pack): (ResourceKey?, Int?, String?)
        var (digest, at, task): (Digest?, Timestamp?, TaskID?)
        var (changes, documents, bytes, sequence) = (ChangeCounts(), 0, 0, 0)
        var packs: [String] = []
        try json.object { name, json throws(JSONError) in
            switch name {
            case "of": key = try ResourceKey(decoding: &json)
            case "number": number = try json.count()
            case "pack": pack = try json.string()
            case "digest": digest = try json.value(Digest.self)
            case "at": at = try json.timestamp()
            case "task": task = try json.taskID()
            case "added": changes.added = try json.count()
            case "changed": changes.changed = try json.count()
            case "removed": changes.removed = try json.count()
            case "unchanged": changes.unchanged = try json.count()
            case "documents": documents = try json.count()
            case "bytes": bytes = try json.count()
            case "sequence": sequence = try json.count()
            case "packs": packs = try json.strings()
            default: throw json.unknown(name)
            }
        }
        guard let key, let number, let pack, let digest, let at, let task else {
            throw json.missing("of, number, pack, digest, at or task")
        }
        guard PackName.isValid(pack), packs.allSatisfy(PackName.isValid) else {
            throw json.failure("malformed pack name")
        }
        self.key = key
        revision = Revision(
            number: number, pack: pack, digest: digest, at: at, task: task, changes: changes, documents: documents,
            bytes: Int64(bytes), sequence: UInt64(sequence), packs: packs)
    }
}

/// A revision that retention has overtaken.
struct DroppedRevision: StateRecord {
    let key: ResourceKey
    let number: Int

    init(key: ResourceKey, number: Int) {
        self.key = key
        self.number = number
    }

    func encode(to json: inout JSONWriter) {
        json.member("of", Record(key))
        json.member("number", number)
    }

    init(decoding json: inout JSONReader) throws(JSONError) {
        var (key, number): (ResourceKey?, Int?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "of": key = try ResourceKey(decoding: &json)
            case "number": number = try json.count()
            default: throw json.unknown(name)
            }
        }
        guard let key, let number else { throw json.missing("of or number") }
        self.init(key: key, number: number)
    }
}
