// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Text of documents, in parts where it is long.
struct ReadTool: Tool {
    private static let maximumCount = 20

    let name = "read"
    let summary = "Read one or several documents. Long ones come in parts; the answer names the offset to go on with."
    let arguments = [
        Argument(
            "uris", .texts, "viking:// URIs", isRequired: true, also: ["uri", "path", "paths", "url", "resource"]),
        Argument("offset", .integer(atLeast: 0), "First line, from 0", also: ["start", "from"]),
        Argument("limit", .integer(atLeast: 1), "Lines", also: ["lines", "count", "max_lines"]),
    ]
    let effect = ToolEffect.reading

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let uris = arguments.texts("uris")
        guard (1...Self.maximumCount).contains(uris.count) else {
            throw OVError(.invalidArgument, "'uris' must name 1 to \(Self.maximumCount) documents, not \(uris.count)")
        }
        let range = LineRange(offset: arguments.integer("offset") ?? 0, limit: arguments.integer("limit"))
        if uris.count == 1 {
            return .text(try await part(of: uris[0], range, room: ToolOutput.bound, context))
        }
        // One that fails does not take the others with it.
        var (parts, failures): ([String], [OVError]) = ([], [])
        for uri in uris {
            do throws(OVError) {
                parts.append(try await part(of: uri, range, room: ToolOutput.bound / uris.count, context))
            } catch {
                failures.append(error)
                parts.append("[\(uri.shown)]\nNot read: \(error.sentence)")
            }
        }
        if failures.count == uris.count, let first = failures.first { throw first }
        return .text(parts.joined(separator: "\n\n"))
    }

    private func part(of uri: String, _ range: LineRange, room: Int, _ context: ToolContext) async throws(OVError)
        -> String
    {
        let document = try await context.plane.read(uri, range, as: context.caller)
        let watch = await context.plane.watch(covering: document.uri, as: context.caller)
        let freshness = Freshness(checked: document.lastChecked, changed: document.lastChanged, watch: watch)
        let excerpt = Excerpt(of: document.text, from: range.offset, in: document.totalLines, room: room)
        let words = freshness.words(at: context.clock.now())
        return "[\(document.uri), \(excerpt.words), \(words)]\n\(excerpt.text)"
    }
}
