// SPDX-License-Identifier: Apache-2.0

import OVCore

extension SectionChange: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (path, kind, lines): ([String]?, Kind?, Int?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "heading_path": path = try json.strings()
            case "change": kind = try json.choice(Kind.self)
            case "lines": lines = try json.count()
            default: try json.skip()
            }
        }
        self.init(
            headingPath: try json.required(path, "heading_path"), kind: try json.required(kind, "change"),
            lines: try json.required(lines, "lines"))
    }
}

extension DocumentChange: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (uri, kind, revision): (VikingURI?, Kind?, String?)
        var (at, title, sections): (Timestamp?, String?, [SectionChange]?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "uri": uri = try json.uri()
            case "change": kind = try json.choice(Kind.self)
            case "revision": revision = try json.stringOrNull()
            case "at": at = try json.timestamp()
            case "title": title = try json.stringOrNull()
            case "sections": sections = try json.values(SectionChange.self)
            default: try json.skip()
            }
        }
        self.init(
            uri: try json.required(uri, "uri"), kind: try json.required(kind, "change"), revision: revision,
            at: try json.required(at, "at"), title: title, sections: try json.required(sections, "sections"))
    }
}

extension ChangePage: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (items, cursor, hasMore): ([DocumentChange]?, String?, Bool?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "items": items = try json.values(DocumentChange.self)
            case "next_cursor": cursor = try json.string()
            case "has_more": hasMore = try json.bool()
            default: try json.skip()
            }
        }
        self.init(
            items: try json.required(items, "items"), nextCursor: try json.required(cursor, "next_cursor"),
            hasMore: try json.required(hasMore, "has_more"))
    }
}
