// SPDX-License-Identifier: Apache-2.0

import OVCore

extension FindResult: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (hits, missed): ([SearchHit]?, [MissedPart]?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "resources": hits = try json.values(SearchHit.self)
            case "missed": missed = try json.values(MissedPart.self)
            default: try json.skip()
            }
        }
        self.init(hits: try json.required(hits, "resources"), missed: missed ?? [])
    }
}

extension SearchHit: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (uri, title, headings, snippet): (VikingURI?, String?, [String]?, String?)
        var (line, start, end, size): (Int?, Int?, Int?, Int?)
        var (abstract, score, mediaType): (String?, Double?, String?)
        var (lastChecked, lastChanged): (Timestamp?, Timestamp?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "uri": uri = try json.uri()
            case "title": title = try json.string()
            case "heading_path": headings = try json.strings()
            case "line": line = try json.count()
            case "start_line": start = try json.count()
            case "end_line": end = try json.count()
            case "size": size = try json.count()
            case "snippet": snippet = try json.string()
            case "abstract": abstract = try json.string()
            case "score": score = try json.double()
            case "media_type": mediaType = try json.string()
            case "last_checked": lastChecked = try json.timestampOrNull()
            case "last_changed": lastChanged = try json.timestamp()
            default: try json.skip()
            }
        }
        let first = try json.required(start, "start_line")
        self.init(
            uri: try json.required(uri, "uri"), title: try json.required(title, "title"),
            headings: try json.required(headings, "heading_path"),
            lines: first...max(first, try json.required(end, "end_line")), size: try json.required(size, "size"),
            line: try json.required(line, "line"), snippet: try json.required(snippet, "snippet"),
            abstract: try json.required(abstract, "abstract"), score: try json.required(score, "score"),
            mediaType: try json.required(mediaType, "media_type"), lastChecked: lastChecked,
            lastChanged: try json.required(lastChanged, "last_changed"))
    }
}

extension MissedPart: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (text, reason, near): (String?, String?, [String]?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "text": text = try json.string()
            case "reason": reason = try json.string()
            case "near": near = try json.strings()
            default: try json.skip()
            }
        }
        self.init(
            text: try json.required(text, "text"), reason: try json.required(reason, "reason"),
            near: try json.required(near, "near"))
    }
}

extension GlobResult: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (entries, hasMore): ([Entry]?, Bool?)
        try json.object { name, json throws(JSONError) in
            switch name {
            case "entries": entries = try json.values(Entry.self)
            case "has_more": hasMore = try json.bool()
            default: try json.skip()
            }
        }
        self.init(
            entries: try json.required(entries, "entries"), hasMore: try json.required(hasMore, "has_more"))
    }
}
