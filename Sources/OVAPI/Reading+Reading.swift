// SPDX-License-Identifier: Apache-2.0

import OVCore

extension Entry: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (uri, name, size, isFolder, documents): (VikingURI?, String?, Int?, Bool?, Int?)
        var (lastChanged, lastChecked, mediaType): (Timestamp?, Timestamp?, String?)
        var (path, abstract): (String?, String?)
        try json.object { member, json throws(JSONError) in
            switch member {
            case "uri": uri = try json.uri()
            case "name": name = try json.string()
            case "size": size = try json.count()
            case "isDir": isFolder = try json.bool()
            case "rel_path": path = try json.string()
            case "abstract": abstract = try json.string()
            case "documents": documents = try json.count()
            case "media_type": mediaType = try json.stringOrNull()
            case "last_checked": lastChecked = try json.timestampOrNull()
            case "last_changed": lastChanged = try json.timestampOrNull()
            default: try json.skip()
            }
        }
        self.init(
            uri: try json.required(uri, "uri"), name: try json.required(name, "name"),
            size: Int64(try json.required(size, "size")), isFolder: try json.required(isFolder, "isDir"),
            documents: try json.required(documents, "documents"), lastChanged: lastChanged, lastChecked: lastChecked,
            relativePath: try json.required(path, "rel_path"), mediaType: mediaType,
            abstract: try json.required(abstract, "abstract"))
    }
}

extension RemovalReceipt: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (uri, removed, documents): (VikingURI?, [VikingURI]?, Int?)
        var watches: [TaskID]?
        try json.object { name, json throws(JSONError) in
            switch name {
            case "uri": uri = try json.uri()
            case "removed": removed = try json.uris()
            case "documents": documents = try json.count()
            case "suspended_watches":
                var ids: [TaskID] = []
                try json.array { json throws(JSONError) in ids.append(try json.taskID()) }
                watches = ids
            default: try json.skip()
            }
        }
        self.init(
            uri: try json.required(uri, "uri"), removed: try json.required(removed, "removed"),
            documents: try json.required(documents, "documents"),
            suspendedWatches: try json.required(watches, "suspended_watches"))
    }
}
