// SPDX-License-Identifier: Apache-2.0

/// The bounds on what a document may make a reader hold, beside its bytes.
package struct XMLLimits: Hashable, Sendable {
    /// How many elements may be open at once.
    package var depth = 10_000
    /// Attributes of one element, its namespace declarations with them.
    package var attributes = 512
    /// Bytes of one name.
    package var nameBytes = 1024
    /// How many different names there may be.
    package var names = 100_000
    /// How many different namespaces.
    package var namespaces = 10_000

    package init() {}
}
