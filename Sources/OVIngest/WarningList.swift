// SPDX-License-Identifier: Apache-2.0

/// Collects warnings, and no more of them than somebody reads.
///
/// Those that keep a document from being dropped are kept all.
struct WarningList {
    private static let maximum = 200

    private var warnings: [FetchWarning] = []
    private var count = 0

    mutating func add(_ warning: FetchWarning) {
        if !warning.isUnchecked { count += 1 }
        if warning.isUnchecked || count <= Self.maximum { warnings.append(warning) }
    }

    /// Says how many there were beyond those.
    mutating func finish() {
        guard count > Self.maximum else { return }
        warnings.append(FetchWarning(path: nil, message: "\(count - Self.maximum) more warnings are not shown"))
    }

    mutating func take() -> [FetchWarning] {
        defer { warnings = [] }
        return warnings
    }
}
