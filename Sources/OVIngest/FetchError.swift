// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Why a source could not be fetched, and whether trying again can help.
package struct FetchError: Error, Hashable, Sendable {
    package enum Persistence: Hashable, Sendable {
        /// May go better next time; `retryAfter` when the source said when.
        case transient(retryAfter: Milliseconds?)
        /// Will not go better by itself: the source is gone, or access to it was revoked.
        case permanent
    }

    package let persistence: Persistence
    /// A word for programs: `source_gone`, `access_denied`, `limit_exceeded`, `io_error`.
    package let cause: String
    package let message: String
    package let hint: String?

    package init(_ persistence: Persistence, cause: String, _ message: String, hint: String? = nil) {
        self.persistence = persistence
        self.cause = cause
        self.message = message
        self.hint = hint
    }

    package static func transient(cause: String, _ message: String, hint: String? = nil) -> FetchError {
        FetchError(.transient(retryAfter: nil), cause: cause, message, hint: hint)
    }

    package static func permanent(cause: String, _ message: String, hint: String? = nil) -> FetchError {
        FetchError(.permanent, cause: cause, message, hint: hint)
    }
}
