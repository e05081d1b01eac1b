// SPDX-License-Identifier: Apache-2.0

/// Where a resource comes from, and how it is fetched.
package struct Source: Hashable, Sendable {
    /// The fetcher that handles it: `file`, `folder`, …, or the name of a plug-in.
    package var fetcher: String
    /// What the fetcher is pointed at: an absolute path, a URL.
    package var location: String
    package var options: Options

    package struct Options: Hashable, Sendable {
        /// Globs; with any, only documents that match one are kept.
        package var include: [String]
        /// Globs; documents that match one are left out.
        package var exclude: [String]
        /// Names of folders that are left out wherever they are.
        package var ignoredDirectories: [String]
        /// What the fetcher takes beyond that: `--arg charset=latin1`.
        package var arguments: [String: String]
        /// Whether addresses of private networks may be fetched.
        package var allowsPrivateNetworks: Bool

        package init(
            include: [String] = [], exclude: [String] = [], ignoredDirectories: [String] = [],
            arguments: [String: String] = [:], allowsPrivateNetworks: Bool = false
        ) {
            self.include = include
            self.exclude = exclude
            self.ignoredDirectories = ignoredDirectories
            self.arguments = arguments
            self.allowsPrivateNetworks = allowsPrivateNetworks
        }
    }

    package init(fetcher: String, location: String, options: Options = Options()) {
        self.fetcher = fetcher
        self.location = location
        self.options = options
    }

    /// Whether both mean the same thing in the world; options may differ. An upload takes the place of another one.
    package func isSameSource(as other: Source) -> Bool {
        fetcher == other.fetcher && (location == other.location || isUpload)
    }

    package var isUpload: Bool { fetcher == UploadReference.fetcher }
}
