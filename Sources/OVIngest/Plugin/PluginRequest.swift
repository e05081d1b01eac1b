// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// What a plug-in is told: all of it as JSON on standard input, the essentials as argument and in the environment.
struct PluginRequest {
    private let request: FetchRequest
    /// What it has beside that, see `PluginFolders`.
    private let environment: [String: String]
    /// With what they refer to in the place of references to secrets.
    private let arguments: [String: String]
    /// What must not be shown.
    let secrets: [String]

    /// Blocks.
    /// - Throws: `FetchError` for a secret that is not to be had.
    init(_ request: FetchRequest, environment: [String: String], secrets source: SecretSource) throws(FetchError) {
        var (arguments, secrets) = (request.source.options.arguments, [String]())
        for (name, value) in arguments where SecretReference(value) ?? .netrc != .netrc {
            let secret = try source.value(of: value)
            arguments[name] = secret
            secrets.append(secret)
        }
        self.request = request
        self.environment = environment
        self.arguments = arguments
        self.secrets = secrets
    }

    private var source: Source { request.source }

    func command(_ executable: String, idleLimit: Duration) -> ChildProgram.Command {
        ChildProgram.Command(
            executable, [source.location], environment: variables, workingDirectory: "/", input: json + [10],
            idleLimit: idleLimit)
    }

    var json: [UInt8] {
        let limits = request.limits
        var json = JSONWriter()
        json.object { json in
            json.member("version", PluginProtocol.version)
            json.member("fetcher", source.fetcher)
            json.member("source", source.location)
            json.name("arguments")
            Self.write(arguments, to: &json)
            json.member("include", source.options.include)
            json.member("exclude", source.options.exclude)
            json.member("ignore_dirs", source.options.ignoredDirectories)
            json.name("validators")
            Self.write(request.validators.mapValues(\.text), to: &json)
            json.name("limits")
            json.object { json in
                json.member("document_bytes", Int(clamping: limits.documentBytes))
                json.member("documents", limits.documentsPerIngest)
                json.member("bytes", Int(clamping: limits.bytesPerIngest))
                json.member("seconds", Int(clamping: limits.ingestDuration.count / 1000))
            }
            json.member("allow_private_networks", source.options.allowsPrivateNetworks)
        }
        return json.bytes
    }

    private static func write(_ members: [String: String], to json: inout JSONWriter) {
        json.object { json in
            for (name, value) in members.sorted(by: { $0.key < $1.key }) { json.member(data: name, value) }
        }
    }

    // MARK: The environment

    private var variables: [String: String] {
        var variables = environment
        variables[PluginProtocol.Variable.fetcher.rawValue] = source.fetcher
        variables[PluginProtocol.Variable.source.rawValue] = source.location
        variables[PluginProtocol.Variable.validator.rawValue] = commonValidator
        for (name, value) in arguments.sorted(by: { $0.key < $1.key }) {
            if let variable = Self.variable(forArgument: name) { variables[variable] = value }
        }
        // What no variable can hold is in the JSON all the same.
        return variables.filter { !$0.value.utf8.contains(0) }
    }

    /// What a source as a whole left, where its documents have no validators of their own.
    private var commonValidator: String? {
        guard let first = request.validators.first?.value else { return nil }
        return request.validators.values.allSatisfy { $0 == first } ? first.text : nil
    }

    /// `OV_ARG_PAGE_SIZE` for `page-size`; nil for a name that a variable cannot have.
    private static func variable(forArgument name: String) -> String? {
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            switch byte {
            case 97...122: bytes.append(byte - 32)
            case 65...90, 48...57, UInt8(ascii: "_"): bytes.append(byte)
            case UInt8(ascii: "-"), UInt8(ascii: "."): bytes.append(UInt8(ascii: "_"))
            default: return nil
            }
        }
        return PluginProtocol.argumentVariablePrefix + String(decoding: bytes, as: UTF8.self)
    }
}
