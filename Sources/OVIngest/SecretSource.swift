// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVCore
internal import OVSystem

/// Looks up what references to secrets stand for. Nothing that it throws shows a secret, or part of one.
package struct SecretSource: Sendable {
    private let environment: [String: String]
    private let folder: String?

    /// Bytes of a secret's file that are read at most.
    private static let maximum = 64 << 10

    /// - Parameters:
    ///   - environment: the variables that `env:NAME` may name.
    ///   - folder: where the store keeps its own; nil where there is no store.
    package init(environment: [String: String], folder: String? = nil) {
        self.environment = environment
        self.folder = folder
    }

    /// The secret behind a reference: of a file the first line; without blanks around it. Blocks.
    /// - Parameter host: who is to see it, for what is kept by host.
    /// - Throws: `FetchError`, permanent.
    package func value(of reference: String, for host: String? = nil) throws(FetchError) -> String {
        let value: String
        switch SecretReference(reference) {
        case .environment(let name):
            guard let found = environment[name] else {
                throw Self.failure("there is no environment variable '\(name)'", hint: "set it where ov runs")
            }
            value = found
        case .file(let path): value = try Self.firstLine(of: path)
        case .stored(let name):
            guard let folder, TaskID(name) != nil else {
                throw Self.failure("'\(reference)' is not one of the store's secrets", hint: nil)
            }
            value = try Self.firstLine(of: folder + "/" + name)
        case .netrc: value = try netrcLogin(at: host)
        case nil:
            // Most likely the secret itself, so it is not shown.
            throw Self.failure(
                "a secret is not given itself", hint: "write env:NAME, file:/absolute/path or netrc instead")
        }
        let trimmed = Self.trimmed(value)
        guard !trimmed.isEmpty else { throw Self.failure("the secret at '\(reference)' is empty", hint: nil) }
        // It goes into headers, where a line break would begin another one.
        guard trimmed.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw Self.failure("the secret at '\(reference)' has control characters in it", hint: nil)
        }
        return trimmed
    }

    private static func firstLine(of path: String) throws(FetchError) -> String {
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
            throw failure("the secret's file '\(path)' is not named by an absolute path", hint: "write file:/path")
        }
        guard let line = String(validating: try contents(of: path).prefix { $0 != 10 }, as: UTF8.self) else {
            throw failure("the secret's file '\(path)' is not valid UTF-8", hint: nil)
        }
        return line
    }

    /// A file of secrets. One of our own that others may look into is refused, as ssh refuses such keys; of a file
    /// that belongs to somebody else (root, or whoever mounts secrets into a container) its owner decides.
    private static func contents(of path: String) throws(FetchError) -> [UInt8] {
        let (bytes, status): ([UInt8], FileStatus)
        do {
            let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
            status = try file.status()
            guard status.kind == .file else {
                throw SystemError(errno: EINVAL, operation: "read", path: path)
            }
            bytes = try file.read(maximum, at: 0)
        } catch {
            throw failure("the secret's file cannot be read: \(error)", hint: "check its path and permissions")
        }
        guard status.owner != geteuid() || status.permissions & 0o077 == 0 else {
            throw failure(
                "the secret's file '\(path)' may be read or changed by others of this machine",
                hint: "make it yours alone: chmod 600 '\(path)'")
        }
        return bytes
    }

    /// `login:password` of the user's `.netrc`.
    private func netrcLogin(at host: String?) throws(FetchError) -> String {
        guard let host else { throw Self.failure("'netrc' is for sources on the web", hint: "leave it out") }
        guard let path = environment["NETRC"] ?? environment["HOME"].map({ $0 + "/.netrc" }) else {
            throw Self.failure(
                "it is not known where .netrc is", hint: "set NETRC or HOME where ov runs")
        }
        guard path.utf8.first == UInt8(ascii: "/"), !path.utf8.contains(0) else {
            throw Self.failure("NETRC is not an absolute path", hint: "set it to one where ov runs")
        }
        let bytes = try Self.contents(of: path)
        let netrc: Netrc
        do throws(Netrc.Failure) { netrc = try Netrc(bytes) } catch {
            throw Self.failure("'\(path)' cannot be understood: line \(error.line): \(error.reason)", hint: nil)
        }
        guard let login = netrc.login(at: host) else {
            throw Self.failure(
                "'\(path)' has no entry for '\(host)'", hint: "add one: machine \(host) login NAME password SECRET")
        }
        return login
    }

    private static func trimmed(_ text: String) -> String {
        let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 13 || $0 == 10 }
        let start = text.utf8.drop(while: isBlank)
        guard let end = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(Substring(start[...end]))
    }

    private static func failure(_ message: String, hint: String?) -> FetchError {
        .permanent(cause: "secret_missing", message, hint: hint)
    }
}
