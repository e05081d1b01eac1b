// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem

/// `<home>/config.json`: defaults for the global options and for those of `ov serve`, and the limits.
struct ConfigurationFile: Hashable, Sendable {
    static let name = "config.json"
    /// More than anybody writes by hand; a bound on what is read.
    private static let maximumBytes: Int64 = 1 << 20
    static let keys = [
        "account", "user", "output", "compact", "quiet", "verbose", "no_color", "serve", "limits", "server", "api_key",
    ]

    private(set) var account: String?
    private(set) var user: String?
    private(set) var output: OutputFormat?
    private(set) var compact: Bool?
    private(set) var quiet: Bool?
    private(set) var verbose: Int?
    private(set) var noColor: Bool?
    private(set) var serve = ServeOptions()
    private(set) var limits = Limits()
    private(set) var server: String?
    private(set) var apiKey: String?

    /// One that says nothing.
    init() {}

    /// Reads the file of a store; one that is not there says nothing.
    init(inHome home: String) throws(OVError) {
        let path = home + "/" + Self.name
        guard let (bytes, permissions) = try Self.contents(of: path) else {
            self.init()
            return
        }
        try self.init(parsing: bytes, path: path)
        guard apiKey == nil || permissions & 0o077 == 0 else {
            throw OVError(
                .invalidArgument, "\(path) holds a key, and others than its owner may read or change it",
                hint: "chmod 600 \(path), and get another key if somebody may have read this one")
        }
    }

    /// - Parameter path: for messages.
    init(parsing bytes: [UInt8], path: String) throws(OVError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw OVError(.invalidArgument, "\(path) is not valid JSON: \(error)")
        }
        guard case .object(let members) = value else {
            throw OVError(.invalidArgument, "\(path) must hold a JSON object")
        }
        for member in members {
            let field = ConfigurationField(path: path, name: member.name, value: member.value)
            try read(field)
        }
    }

    private static func contents(of path: String) throws(OVError) -> (bytes: [UInt8], permissions: UInt32)? {
        do {
            let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
            let status = try file.status()
            guard status.kind == .file else { throw OVError(.invalidArgument, "\(path) is not a file") }
            guard status.size <= maximumBytes else {
                throw OVError(.invalidArgument, "\(path) is larger than \(HumanFormat.bytes(maximumBytes))")
            }
            return (try file.read(Int(maximumBytes), at: 0), status.permissions)
        } catch let error as SystemError {
            if error.errno == ENOENT || error.errno == ENOTDIR { return nil }
            throw OVError(.invalidArgument, error.description)
        } catch let error as OVError {
            throw error
        } catch {
            throw OVError(.internal, "\(error)")
        }
    }

    private mutating func read(_ field: ConfigurationField) throws(OVError) {
        switch field.name {
        case "account": account = try field.text()
        case "user": user = try field.text()
        case "output": output = try field.choice(OutputFormat.self)
        case "compact": compact = try field.bool()
        case "quiet": quiet = try field.bool()
        case "verbose": verbose = Int(try field.integer(in: 0...2))
        case "no_color": noColor = try field.bool()
        case "server": server = try field.text()
        case "api_key": apiKey = try field.text()
        case "serve": serve = try ServeOptions(configuration: field)
        case "limits": limits = try Limits(configuration: field)
        default: throw field.unknown(among: Self.keys)
        }
    }
}
