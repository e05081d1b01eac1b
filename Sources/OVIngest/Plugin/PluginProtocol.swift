// SPDX-License-Identifier: Apache-2.0

/// What a plug-in and this program agree on, by name; `man/ov-fetch.7` says it in words.
package enum PluginProtocol {
    /// Of the request; raised when an old plug-in could not understand it.
    package static let version = 1
    /// What a plug-in's file is called, with the fetcher's name behind it.
    package static let filePrefix = "ov-fetch-"
    /// With which keywords of ours begin in the extended headers of a plug-in's archive.
    package static let keywordPrefix = "OV."

    /// How a plug-in ends. Any other status is a failure that may pass by itself.
    package enum Status: Int32, CaseIterable, Sendable {
        /// The archive is the complete source.
        case done = 0
        /// The source as a whole is as it was; there is no archive.
        case unchanged = 3
        /// The source or an argument makes no sense (`EX_USAGE`).
        case badUsage = 64
        /// The source is gone (`EX_NOINPUT`).
        case sourceGone = 66
        /// It will go better later (`EX_TEMPFAIL`).
        case tryAgain = 75
        /// Access is denied, or was revoked (`EX_NOPERM`).
        case accessDenied = 77
        /// Something has to be set up (`EX_CONFIG`).
        case badConfiguration = 78
    }

    /// What an extended header may say of a file; a global one, of all that follow.
    package enum Keyword: String, CaseIterable, Sendable {
        /// What the plug-in gets back next time, for telling whether the file has changed.
        case validator = "OV.validator"
        /// `1`: the file is as it was, and its content is not in the archive.
        case unchanged = "OV.unchanged"
        /// The media type.
        case type = "OV.type"
        /// The charset of text that is not UTF-8.
        case charset = "OV.charset"
        /// `single`: the source is one document, the only file. `tree`, when nothing is said.
        case shape = "OV.shape"
        /// `1`: the archive is only what is new; what it does not have is kept.
        case additive = "OV.additive"
    }

    /// The essentials of a request, for shells. Beside them is `OV_ARG_…` for each argument.
    package enum Variable: String, CaseIterable, Sendable {
        case fetcher = "OV_FETCHER"
        case source = "OV_SOURCE"
        /// The validator that all documents of the last run have, if it is the same.
        case validator = "OV_VALIDATOR"
    }

    package static let argumentVariablePrefix = "OV_ARG_"
    /// Variables that begin with it reach plug-ins as they are.
    package static let passedPrefix = "OV_FETCH_"
    /// Variables that reach plug-ins as they are, with all that begin with `LC_`.
    package static let passedVariables = ["PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR"]

    /// Bytes of a validator.
    static let maximumValidatorBytes = 1024

    /// Whether a fetcher may be called so: lower-case ASCII letters, digits and inner hyphens, 32 at most.
    package static func isName(_ name: some StringProtocol) -> Bool {
        guard (1...32).contains(name.utf8.count), name.utf8.first != UInt8(ascii: "-") else { return false }
        return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }
}
