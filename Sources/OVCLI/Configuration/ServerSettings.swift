// SPDX-License-Identifier: Apache-2.0

import OVClient
import OVCore

/// The server that commands are for, if they are not for a store of this machine.
package struct ServerSettings: Hashable, Sendable {
    package var address: ServerAddress
    package var identity: ServerConnection.Identity

    /// - Returns: nil when nobody names a server.
    /// - Throws: `INVALID_ARGUMENT` for what is no address, or no key. The key itself is never shown.
    init?(_ options: GlobalOptions, environment: [String: String], file: ConfigurationFile) throws(OVError) {
        let named = options.server ?? environment.nonEmpty("OV_SERVER")
        guard let url = named ?? file.server else { return nil }
        address = try ServerAddress(url: url)
        // The file's key is for the file's server, and for no other that somebody names.
        let key = options.apiKey ?? environment.nonEmpty("OV_API_KEY") ?? (named == nil ? file.apiKey : nil)
        if let key { try Self.check(key) }
        identity = ServerConnection.Identity(
            key: key, account: options.account ?? environment.nonEmpty("OV_ACCOUNT") ?? file.account,
            user: options.user ?? environment.nonEmpty("OV_USER") ?? file.user)
    }

    private static func check(_ key: String) throws(OVError) {
        guard (1...1024).contains(key.utf8.count), key.utf8.allSatisfy({ (33...126).contains($0) }) else {
            throw OVError(
                .invalidArgument, "the key for the server is none: a key has no blanks and only ASCII characters",
                hint: "see where it comes from: --api-key, OV_API_KEY, or api_key in config.json")
        }
    }
}
