// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVEngine

extension ServeOptions {
    /// What `serve` in `config.json` may have: defaults for the options of `ov serve`, and what has no option.
    static let configurationKeys = [
        "host", "port", "scheduler", "max_concurrency", "allow_private_networks", "allow_paths", "allow_hosts",
        "allow_fetchers", "allow_secrets",
    ]
    private static let secretKeys = ["secret", "host"]

    /// - Throws: `INVALID_ARGUMENT` for an unknown name or a value that cannot be.
    init(configuration: ConfigurationField) throws(OVError) {
        self.init()
        for field in try configuration.members() {
            switch field.name.dropFirst("serve.".count) {
            case "host": host = try field.text()
            case "port": port = Int(try field.integer(in: 0...65_535))
            case "scheduler": schedules = try field.bool()
            case "max_concurrency": concurrentRuns = Int(try field.integer(in: 1...1024))
            case "allow_private_networks": allowsPrivateNetworks = try field.bool()
            case "allow_paths": allowedPaths = try field.texts("absolute paths") { $0.hasPrefix("/") }
            case "allow_hosts": hostNames = try field.texts("host names") { _ in true }
            case "allow_fetchers": allowedFetchers = try field.texts("names of plug-ins") { _ in true }
            case "allow_secrets": allowedSecrets = try Self.secrets(field)
            default: throw field.unknown(among: Self.configurationKeys.map { "serve.\($0)" })
            }
        }
    }

    private static func secrets(_ field: ConfigurationField) throws(OVError) -> [NetworkReach.AllowedSecret] {
        var secrets: [NetworkReach.AllowedSecret] = []
        for element in try field.elements() {
            var (secret, host): (SecretReference?, String?) = (nil, nil)
            for member in try element.members() {
                switch member.name.dropFirst(element.name.count + 1) {
                case "secret": secret = try reference(member)
                case "host": host = try hostName(member)
                default: throw member.unknown(among: secretKeys.map { "\(element.name).\($0)" })
                }
            }
            guard let secret, let host else {
                throw element.wrong(#"like {"secret": "env:NAME", "host": "example.com"}"#)
            }
            secrets.append(NetworkReach.AllowedSecret(reference: secret, host: host))
        }
        return secrets
    }

    /// The store's own secrets belong to the addresses that they came with.
    private static func reference(_ field: ConfigurationField) throws(OVError) -> SecretReference {
        switch SecretReference(try field.text()) {
        case .environment(let name)? where !name.isEmpty: .environment(name: name)
        case .file(let path)? where path.hasPrefix("/"): .file(path: path)
        case .netrc?: .netrc
        default: throw field.wrong(#""env:NAME", "file:/path" or "netrc""#)
        }
    }

    private static func hostName(_ field: ConfigurationField) throws(OVError) -> String {
        let name = try field.text().lowercased()
        guard name.utf8.allSatisfy({ $0 > 32 && $0 < 127 && !"/@*?#[]\\".utf8.contains($0) }),
            name.utf8.count(where: { $0 == UInt8(ascii: ":") }) != 1
        else { throw field.wrong("the name of one host, without a scheme or a port") }
        return name
    }
}
