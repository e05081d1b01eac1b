// SPDX-License-Identifier: Apache-2.0

/// Where a secret is kept, in the place of the secret: state, lists, logs and errors hold only this.
package enum SecretReference: Hashable, Sendable {
    /// `env:NAME`: a variable of the process that fetches.
    case environment(name: String)
    /// `file:PATH`: the first line of a file, named by its absolute path.
    case file(path: String)
    /// `secret:NAME`: a file of that name among the store's own secrets.
    case stored(name: String)
    /// `netrc`: what the user's `.netrc` says of the host that a source is on.
    case netrc

    /// As it stands among the arguments of a source.
    package var text: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .stored(let name): "secret:\(name)"
        case .netrc: "netrc"
        }
    }

    /// - Returns: nil for text that is no reference.
    package init?(_ text: String) {
        if text.utf8.starts(with: "env:".utf8) {
            self = .environment(name: String(text.dropFirst(4)))
        } else if text.utf8.starts(with: "file:".utf8) {
            self = .file(path: String(text.dropFirst(5)))
        } else if text.utf8.starts(with: "secret:".utf8) {
            self = .stored(name: String(text.dropFirst(7)))
        } else if text == "netrc" {
            self = .netrc
        } else {
            return nil
        }
    }
}
