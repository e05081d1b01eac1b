// SPDX-License-Identifier: Apache-2.0

internal import OVCore
internal import OVSystem

/// Opens the ways to a repository for one run: the checked address, the one protocol, the credentials.
struct GitRoute: Sendable {
    let egress: EgressGuard
    let secrets: SecretSource
    /// Of this process: the user's ssh agent is found by it.
    let environment: [String: String]
    let idleLimit: Duration

    /// How many addresses of a host are tried one after the other.
    private static let maximumWays = 4

    /// - Returns: at least one way, in the order to try.
    /// - Throws: `FetchError`.
    func ways(to location: GitLocation, for source: Source) async throws(FetchError) -> [GitProgram.Access] {
        var ways: [GitProgram.Access]
        switch location {
        case .web(let url):
            let addresses = try await egress.admit(
                url, allowingPrivateNetworks: source.options.allowsPrivateNetworks)
            // Of several addresses git's HTTP library tries each by itself.
            ways = [Self.web(url, addresses)]
        case .secureShell(let shell):
            let addresses = try await egress.admit(
                shell.host, allowingPrivateNetworks: source.options.allowsPrivateNetworks)
            // ssh takes one address at a time.
            ways = addresses.prefix(Self.maximumWays).map { secureShell(shell, $0) }
        case .local:
            var access = GitProgram.Access(protocolName: "file")
            // Without a say of ours git reads from no repository that belongs to somebody else. Its own checks keep
            // what such a repository is configured to do from being done, and whoever may read it may name it.
            let settings = ["safe.directory='*'"] + GitProgram.frugality
            access.uploadPack = "git \(settings.map { "-c \($0)" }.joined(separator: " ")) upload-pack"
            ways = [access]
        }
        var known: [(name: String, value: String)] = []
        if let reference = source.options.arguments[GitArguments.auth] {
            var host: String?
            if case .web(let url) = location { host = url.host }
            known = try credentials(try secrets.value(of: reference, for: host), for: location, source)
        }
        for index in ways.indices {
            ways[index].idleLimit = idleLimit
            ways[index].secrets = known
        }
        return ways
    }

    private static func web(_ url: WebURL, _ addresses: [IPAddress]) -> GitProgram.Access {
        var access = GitProgram.Access(protocolName: url.scheme.rawValue)
        access.settings = [
            "protocol.\(url.scheme.rawValue).allow=always", "http.lowSpeedLimit=1", "http.lowSpeedTime=60",
        ]
        if IPAddress(url.host) == nil {
            let list = addresses.map { spelled($0) }.joined(separator: ",")
            access.settings.append("http.curloptResolve=\(url.host):\(url.port):\(list)")
        }
        return access
    }

    private static func spelled(_ address: IPAddress) -> String {
        if case .v6 = address { return "[\(address)]" }
        return address.description
    }

    /// The user's own keys, agent and known hosts are used, which ssh finds by the user's entry among the accounts and
    /// not by `HOME`. What of the user's configuration would lead the connection elsewhere, or start programs, is
    /// overruled: what stands on the command line comes first.
    ///
    /// The host's key is looked up under its name, not under the address.
    private func secureShell(_ shell: GitLocation.SecureShell, _ address: IPAddress) -> GitProgram.Access {
        let alias = shell.port == 22 ? shell.host : "[\(shell.host)]:\(shell.port)"
        let options = [
            "HostName=\(address)", "HostKeyAlias=\(alias)", "Port=\(shell.port)",
            "BatchMode=yes", "ConnectTimeout=10", "ProxyCommand=none", "ProxyJump=none", "ControlMaster=no",
            "ControlPath=none", "CanonicalizeHostname=no", "PermitLocalCommand=no", "ClearAllForwardings=yes",
            "ForwardAgent=no", "ForwardX11=no", "RequestTTY=no", "LogLevel=ERROR",
        ]
        var access = GitProgram.Access(protocolName: "ssh", settings: ["protocol.ssh.allow=always"])
        // A shell reads this. Host and port have been checked: letters, digits, dots, colons, brackets and dashes.
        access.variables["GIT_SSH_COMMAND"] = "ssh " + options.map { "-o '\($0)'" }.joined(separator: " ")
        access.variables["GIT_SSH_VARIANT"] = "ssh"
        access.variables["SSH_AUTH_SOCK"] = environment["SSH_AUTH_SOCK"]
        return access
    }

    // MARK: - Credentials

    private func credentials(_ secret: String, for location: GitLocation, _ source: Source) throws(FetchError)
        -> [(name: String, value: String)]
    {
        guard case .web(let url) = location else {
            throw .permanent(
                cause: "invalid_argument", "the argument 'auth' is only for http(s) repositories",
                hint: "ssh uses the keys of the user that runs ov")
        }
        guard url.scheme == .https || source.options.allowsPrivateNetworks else {
            throw .secretInTheClear
        }
        let pair = secret.contains(":") ? secret : "\(Self.user(of: url.host)):\(secret)"
        return [("http.extraHeader", "Authorization: \(Authorization.basic(pair))")]
    }

    /// The user name under which a site takes a token. Most take any.
    private static func user(of host: String) -> String {
        switch host {
        case "github.com": "x-access-token"
        case "bitbucket.org": "x-token-auth"
        default: "oauth2"
        }
    }
}
