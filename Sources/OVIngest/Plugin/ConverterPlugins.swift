// SPDX-License-Identifier: Apache-2.0

package import OVCore
internal import OVSystem

/// Programs that turn documents into Markdown, see `ConverterProtocol`. They are found as `PluginFolders` finds
/// fetchers, and come before what is built in.
///
/// They are the operator's: who put one there wants it used for all sources, also those that somebody else names.
package struct ConverterPlugins: Converter {
    private let own: String
    private let search: PluginSearch
    private let environment: [String: String]
    private let supervisor: Supervisor
    private let idleLimit: Duration
    private let slots: ProgramSlots
    /// By what follows the prefix; nil when nobody has looked yet.
    private var programs: [String: Result<PluginSearch.Program, OVError>]?

    /// - Parameter idleLimit: for how long one may neither read nor write.
    package init(_ surroundings: Surroundings, idleLimit: Duration = .seconds(300)) {
        let environment = surroundings.environment
        own = surroundings.converterFolder
        search = PluginSearch(own: own, searchPath: PluginSearch.searchPath(environment))
        var passed = environment.filter { name, _ in
            PluginProtocol.passedVariables.contains(name) || name.hasPrefix("LC_")
                || name.hasPrefix(ConverterProtocol.passedPrefix)
        }
        passed["PATH"] = PluginSearch.searchPath(environment)
        self.environment = passed
        supervisor = surroundings.supervisor
        self.idleLimit = idleLimit
        slots = ProgramSlots(2)
    }

    /// Another one whenever a program comes, goes or changes, so that documents are converted anew. Looks at the disk if
    /// nobody has.
    package var version: Int {
        let found = (programs ?? find()).sorted { $0.key < $1.key }.map { name, program in
            "\(name) \((try? program.get().stamp) ?? "refused")"
        }
        return PluginSearch.version(of: "1 " + found.joined(separator: "\n"))
    }

    package func prepared() -> any Converter {
        var prepared = self
        prepared.programs = find()
        return prepared
    }

    private func find() -> [String: Result<PluginSearch.Program, OVError>] {
        var programs: [String: Result<PluginSearch.Program, OVError>] = [:]
        for name in search.names(after: ConverterProtocol.filePrefix) {
            do throws(OVError) {
                if let program = try search.program(called: ConverterProtocol.filePrefix + name) {
                    programs[name] = .success(program)
                }
            } catch {
                programs[name] = .failure(error)
            }
        }
        return programs
    }

    package func convert(_ document: FetchedDocument, limits: Limits) async throws -> ConvertedDocument? {
        let type = document.mediaType
        guard let program = try program(for: type) else { return nil }
        var command = ChildProgram.Command(
            program.path, [document.name], environment: environment, workingDirectory: "/", input: document.bytes,
            idleLimit: idleLimit)
        let variables: [(ConverterProtocol.Variable, String?)] = [
            (.type, type), (.name, document.name), (.address, document.location?.text),
        ]
        // No variable can hold a zero byte.
        for (variable, value) in variables where value?.utf8.contains(0) == false {
            command.environment[variable.rawValue] = value
        }
        if document.name.utf8.contains(0) { command.arguments = [""] }
        let run = ConversionRun(
            command: command, supervisor: supervisor, slots: slots, outputLimit: Int(clamping: limits.documentBytes))
        let (bytes, outcome) = try await run.output()
        switch outcome.end {
        case .exited(ConverterProtocol.Status.notForIt.rawValue): return nil
        case .exited(ConverterProtocol.Status.done.rawValue):
            return ConvertedDocument(
                path: document.path, mediaType: MediaType.markdown, bytes: try Self.markdown(bytes, program),
                validator: document.validator)
        default: throw run.failure(outcome)
        }
    }

    private func program(for type: String) throws -> PluginSearch.Program? {
        let programs = programs ?? find()
        for name in ConverterProtocol.names(ofType: type) {
            switch programs[name] {
            case .success(let program)?: return program
            case .failure(let error)?:
                throw ConversionError(error.message + (error.hint.map { " (\($0))" } ?? ""))
            case nil: continue
            }
        }
        return nil
    }

    private static func markdown(_ bytes: [UInt8], _ program: PluginSearch.Program) throws(ConversionError) -> [UInt8] {
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        guard !text.isEmpty else { throw ConversionError("\(program.path) wrote nothing") }
        guard UTF8Validity(of: text) != .invalid else {
            throw ConversionError("what \(program.path) wrote is not valid UTF-8")
        }
        return text
    }
}
