// SPDX-License-Identifier: Apache-2.0

package import OVCore
internal import OVSystem

/// PDF, whose text the programs of poppler find: in reading order, with a heading for each page, so that a place can
/// be cited by it. Where they are not, documents are kept as bytes and one warning says what to install.
package struct PDFConverter: Converter {
    private let search: PluginSearch
    private let supervisor: Supervisor
    private let slots: ProgramSlots
    /// Nil when nobody has looked yet.
    private var programs: Programs?

    private struct Programs {
        let text: PluginSearch.Program?
        let information: PluginSearch.Program?
    }

    private static let packageName = "poppler-utils"
    private static let idleLimit = Duration.seconds(60)
    /// What the kernel grants a program: seconds of a processor, KiB of memory.
    private static let (seconds, memory) = (120, 2 << 20)
    private static let informationLimit = 64 << 10

    package init(_ surroundings: Surroundings) {
        search = PluginSearch(own: nil, searchPath: PluginSearch.searchPath(surroundings.environment))
        supervisor = surroundings.supervisor
        slots = ProgramSlots(2)
    }

    /// Another one when the program comes, goes or changes.
    package var version: Int { PluginSearch.version(of: "1 \((programs ?? find()).text?.stamp ?? "")") }

    package func prepared() -> any Converter {
        var prepared = self
        prepared.programs = find()
        return prepared
    }

    private func find() -> Programs {
        func program(_ name: String) -> PluginSearch.Program? { (try? search.program(called: name)) ?? nil }
        return Programs(text: program("pdftotext"), information: program("pdfinfo"))
    }

    package func convert(_ document: FetchedDocument, limits: Limits) async throws -> ConvertedDocument? {
        guard document.mediaType == "application/pdf" else { return nil }
        let programs = programs ?? find()
        guard let text = programs.text else {
            return .asIs(document, remark: .needs(program: "pdftotext", package: Self.packageName))
        }
        let limit = Int(clamping: limits.documentBytes)
        let pages = PDFPages(try await output(of: text, ["-enc", "UTF-8", "-", "-"], document, limit))
        guard pages.hasText else {
            throw ConversionError(
                "the PDF has \(pages.count == 1 ? "1 page" : "\(pages.count) pages") and no text: probably images of "
                    + "it; recognise their text, or install a program that does as ov-convert-pdf")
        }
        var information = PDFInformation([])
        if let program = programs.information {
            // What is only said of the document is not worth losing it.
            do {
                let arguments = ["-enc", "UTF-8", "-isodates", "-"]
                information = PDFInformation(try await output(of: program, arguments, document, Self.informationLimit))
            } catch is ConversionError {}
        }
        let markdown = pages.markdown(titled: information, fileName: document.name)
        return try .markdown(markdown, of: document, limits: limits)
    }

    private func output(
        of program: PluginSearch.Program, _ arguments: [String], _ document: FetchedDocument, _ limit: Int
    ) async throws -> [UInt8] {
        // The kernel bounds what a broken document may cost. What the shell is told does not depend on it.
        let bounds = "ulimit -v \(Self.memory) && ulimit -t \(Self.seconds) && ulimit -c 0 && exec \"$0\" \"$@\""
        let run = ConversionRun(
            command: ChildProgram.Command(
                "/bin/sh", ["-c", bounds, program.path] + arguments,
                environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"], workingDirectory: "/",
                input: document.bytes, idleLimit: Self.idleLimit),
            supervisor: supervisor, slots: slots, outputLimit: limit)
        let (bytes, outcome) = try await run.output()
        guard outcome.isSuccess else { throw Self.failure(outcome, run) }
        return bytes
    }

    private static func failure(_ outcome: ChildProgram.Outcome, _ run: ConversionRun) -> ConversionError {
        let words = FetchError.lastWords(outcome.errors)
        if words.contains("Incorrect password") {
            return ConversionError("the PDF is encrypted and cannot be read without its password")
        }
        if words.contains("not allowed") { return ConversionError("the PDF does not allow its text to be taken") }
        guard case .exited(let status) = outcome.end, status < 126, !words.isEmpty else { return run.failure(outcome) }
        return ConversionError("the PDF cannot be read: \(words)")
    }
}
