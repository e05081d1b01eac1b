// SPDX-License-Identifier: Apache-2.0

import OVCore

extension SectionChange: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (path, kind, lines): ([String]?, Kind?, Int?)
        var (firstLine, movedFrom, added, removed): (Int, [String]?, Int, Int) = (1, nil, 0, 0)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "heading_path": path = try json.strings()
            case "change": kind = try json.choice(Kind.self)
            case "lines": lines = try json.count()
            case "first_line": firstLine = try json.count()
            case "moved_from": movedFrom = try json.strings()
            case "added_lines": added = try json.count()
            case "removed_lines": removed = try json.count()
            default: try json.skip()
            }
        }
        self.init(
            headingPath: try json.required(path, "heading_path"), kind: try json.required(kind, "change"),
            lines: try json.required(lines, "lines"), firstLine: firstLine, movedFrom: movedFrom, addedLines: added,
            removedLines: removed)
    }
}

extension DocumentChange: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (uri, kind, revision): (VikingURI?, Kind?, String?)
        var (at, title, sections): (Timestamp?, String?, [SectionChange]?)
        var (comparedWith, movedFrom): (String?, VikingURI?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "uri": uri = try json.uri()
            case "change": kind = try json.choice(Kind.self)
            case "revision": revision = try json.stringOrNull()
            case "at": at = try json.timestamp()
            case "title": title = try json.stringOrNull()
            case "sections": sections = try json.values(SectionChange.self)
            case "compared_with": comparedWith = try json.string()
            case "moved_from": movedFrom = try json.uri()
            default: try json.skip()
            }
        }
        self.init(
            uri: try json.required(uri, "uri"), kind: try json.required(kind, "change"), revision: revision,
            at: try json.required(at, "at"), title: title, sections: try json.required(sections, "sections"),
            comparedWith: comparedWith, movedFrom: movedFrom)
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
