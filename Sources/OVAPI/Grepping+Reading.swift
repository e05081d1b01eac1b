// SPDX-License-Identifier: Apache-2.0

import OVCore

extension GrepResult: JSONReadable {
    package init(from json: inout JSONReader) throws(JSONError) {
        var (matches, counts): ([Match]?, [FileCount]?)
        var summary = GrepSummary()
        try json.object { name, json throws(JSONError) in
            switch name {
            case "matches": matches = try json.values(Match.self)
            case "files": counts = try json.values(FileCount.self)
            case "count": summary.count = try json.count()
            case "files_scanned": summary.documentsScanned = try json.count()
            case "files_skipped": summary.documentsSkipped = try json.count()
            case "has_more": summary.hasMore = try json.bool()
            default: try json.skip()
            }
        }
        var lines: [VikingURI: [GrepFile.Line]] = [:]
        for match in try json.required(matches, "matches") {
            for line in match.lines where line.number > lines[match.uri]?.last?.number ?? 0 {
                lines[match.uri, default: []].append(line)
            }
        }
        self.init(
            files: try json.required(counts, "files").map { file in
                GrepFile(uri: file.uri, lines: lines[file.uri] ?? [], count: file.count)
            }, summary: summary)
    }

    /// A match with the lines around it that belong to it.
    private struct Match: JSONReadable {
        let uri: VikingURI
        let lines: [GrepFile.Line]

        init(from json: inout JSONReader) throws(JSONError) {
            var (uri, number, content): (VikingURI?, Int?, String?)
            var (before, after): ([String], [String]) = ([], [])
            try json.object { name, json throws(JSONError) in
                switch name {
                case "uri": uri = try json.uri()
                case "line": number = try json.count()
                case "content": content = try json.string()
                case "before": before = try json.strings()
                case "after": after = try json.strings()
                default: try json.skip()
                }
            }
            self.uri = try json.required(uri, "uri")
            let line = try json.required(number, "line")
            let match = GrepFile.Line(number: line, text: try json.required(content, "content"), isMatch: true)
            lines =
                before.enumerated().map { place, text in
                    GrepFile.Line(number: line - before.count + place, text: text, isMatch: false)
                } + [match]
                + after.enumerated().map { place, text in
                    GrepFile.Line(number: line + 1 + place, text: text, isMatch: false)
                }
        }
    }

    private struct FileCount: JSONReadable {
        let uri: VikingURI
        let count: Int

        init(from json: inout JSONReader) throws(JSONError) {
            var (uri, count): (VikingURI?, Int?)
            try json.object { name, json throws(JSONError) in
                switch name {
                case "uri": uri = try json.uri()
                case "count": count = try json.count()
                default: try json.skip()
                }
            }
            self.uri = try json.required(uri, "uri")
            self.count = try json.required(count, "count")
        }
    }
}
