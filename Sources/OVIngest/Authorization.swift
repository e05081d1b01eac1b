// SPDX-License-Identifier: Apache-2.0

/// The argument with which a user says who is asking.
let authArgument = (
    name: "auth",
    help: "a reference to user:password or to a token: env:NAME, file:PATH with it in the first line, or netrc"
)

/// Values of the header that says who is asking: RFC 7617 and RFC 6750.
enum Authorization {
    /// - Parameter secret: `user:password`, or a token.
    static func header(for secret: String) -> String {
        secret.utf8.contains(UInt8(ascii: ":")) ? basic(secret) : "Bearer \(secret)"
    }

    /// - Parameter pair: `user:password`.
    static func basic(_ pair: String) -> String { "Basic \(Base64.encode(Array(pair.utf8)))" }
}

extension FetchError {
    static var secretInTheClear: FetchError {
        .permanent(
            cause: "invalid_argument", "a secret is not sent over http, which everybody on the way can read",
            hint: "use https://")
    }
}
