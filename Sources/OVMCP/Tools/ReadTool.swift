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
        Argument("section", .text, "Only below this heading: Install > Linux", also: ["heading", "heading_path"]),
    ]
    let effect = ToolEffect.reading

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let uris = arguments.texts("uris")
        guard (1...Self.maximumCount).contains(uris.count) else {
            throw OVError(.invalidArgument, "'uris' must name 1 to \(Self.maximumCount) documents, not \(uris.count)")
        }
        let range = LineRange(offset: arguments.integer("offset") ?? 0, limit: arguments.integer("limit"))
        let wanted = DocumentPart(range: range, section: arguments.text("section").flatMap { $0.isEmpty ? nil : $0 })
        // One that fails does not take the others with it.
        var (parts, failures): ([Part], [OVError]) = ([], [])
        for uri in uris {
            do throws(OVError) {
                parts.append(try await part(of: uri, wanted, room: ToolOutput.bound / uris.count, context))
            } catch {
                failures.append(error)
                parts.append(Part(title: uri.shown, text: "Not read: \(error.sentence)"))
            }
        }
        if failures.count == uris.count, let first = failures.first { throw first }
        let mark = DocumentMark(notIn: parts.map(\.text))
        return .text(parts.map { "\(mark.opening)\($0.title)]\n\($0.text)" }.joined(separator: "\n\n"))
    }

    private struct Part {
        let title: String
        let text: String
    }

    private func part(of uri: String, _ wanted: DocumentPart, room: Int, _ context: ToolContext) async throws(OVError)
        -> Part
    {
        let document = try await context.plane.read(uri, wanted, as: context.caller)
        let watch = await context.plane.watch(covering: document.uri, as: context.caller)
        let freshness = Freshness(checked: document.lastChecked, changed: document.lastChanged, watch: watch)
        let excerpt = Self.excerpt(of: document, wanted, room)
        let words = freshness.words(at: context.clock.now())
        return Part(title: "\(document.uri), \(excerpt.words), \(words); untrusted text below", text: excerpt.text)
    }

    private static func excerpt(of document: DocumentText, _ wanted: DocumentPart, _ room: Int) -> Excerpt {
        guard wanted.section != nil, let lines = document.lines else {
            return Excerpt(of: document.text, from: wanted.range.offset, in: document.totalLines, room: room)
        }
        // Where a limit ends it, nobody knows how much of the section is left.
        let end = wanted.range.limit == nil ? lines.upperBound : document.totalLines
        return Excerpt(
            of: document.text, from: lines.lowerBound, in: document.totalLines, endOfSection: end, room: room)
    }
}
