// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What holds for a whole command: options, then the environment, then `config.json`, then the defaults.
package struct Settings: Hashable, Sendable {
    /// The store's folder, absolute.
    package var home = ""
    package var caller = Caller.local
    package var format = OutputFormat.table
    package var isCompact = false
    package var isQuiet = false
    /// How much is logged: 0 warnings, 1 what happens, 2 everything.
    package var verbosity = 0
    package var usesColor = true
    package var limits = Limits()
    /// The server that the command is for; nil for the store at `home`.
    package var server: ServerSettings?
    /// How a server is to run, as far as the file says.
    package var serve = ServeOptions()

    package init() {}

    /// - Throws: `INVALID_ARGUMENT` for a value that is out of range, or a file that is not as it must be.
    init(_ options: GlobalOptions, environment: [String: String], in workingDirectory: String) throws(OVError) {
        let file: ConfigurationFile
        do throws(OVError) {
            home = try Self.home(options.home, environment, workingDirectory)
            file = try ConfigurationFile(inHome: home)
        } catch  where home.isEmpty && (options.server ?? environment.nonEmpty("OV_SERVER")) != nil {
            // Who works on a server needs no place for a store.
            file = ConfigurationFile()
        }
        server = try ServerSettings(options, environment: environment, file: file)
        let account = options.account ?? environment.nonEmpty("OV_ACCOUNT") ?? file.account ?? Caller.local.account
        let user = options.user ?? environment.nonEmpty("OV_USER") ?? file.user ?? Caller.local.user
        try Self.check(account, "an account")
        try Self.check(user, "a user")
        caller = Caller(account: account, user: user, role: .root, origin: .local)
        format = options.output ?? file.output ?? .table
        isCompact = options.compact || file.compact ?? false
        verbosity = options.verbose > 0 ? options.verbose : options.quiet ? 0 : file.verbose ?? 0
        isQuiet = options.quiet || options.verbose == 0 && file.quiet ?? false
        usesColor = !options.noColor && environment.nonEmpty("NO_COLOR") == nil && !(file.noColor ?? false)
        limits = file.limits
        serve = file.serve
    }

    private static func home(
        _ option: String?, _ environment: [String: String], _ workingDirectory: String
    ) throws(OVError) -> String {
        if option == "" { throw OVError(.invalidArgument, "--home must name a folder") }
        if let chosen = option ?? environment.nonEmpty("OV_HOME") {
            return absolute(chosen, in: workingDirectory)
        }
        // Relative paths in XDG variables are to be ignored (XDG Base Directory Specification).
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return absolute(data + "/ov", in: "/") }
        guard let user = environment["HOME"], user.hasPrefix("/") else {
            throw OVError(
                .invalidArgument, "no folder for the store: HOME is not set", hint: "name one: --home DIR, or OV_HOME")
        }
        return absolute(user + "/.local/share/ov", in: "/")
    }

    private static func absolute(_ path: String, in folder: String) -> String {
        var path = path.hasPrefix("/") ? path : folder == "/" ? "/" + path : folder + "/" + path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    private static func check(_ name: String, _ what: String) throws(OVError) {
        guard Owner.isName(name) else {
            throw OVError(
                .invalidArgument, "'\(DisplayText.line(String(name.prefix(40))))' is not a name for \(what)",
                hint: Owner.nameHint)
        }
    }
}

extension [String: String] {
    func nonEmpty(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }
}
