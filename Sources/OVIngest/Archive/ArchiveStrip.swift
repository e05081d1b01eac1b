// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// How many of an archive's top folders are left off the paths of what is in them.
enum ArchiveStrip: Hashable, Sendable {
    case levels(Int)
    /// One, if everything lies in it, as releases are packed: `project-1.2/README.md` is `README.md`, and still so
    /// when it is `project-1.3/README.md`.
    case automatic

    static let argument = (
        name: "strip", help: "how many top folders of an archive to leave off; auto, the default: one, if all is in it"
    )
    private static let maximum = 100

    /// - Throws: `INVALID_ARGUMENT`.
    init(_ options: Source.Options) throws(OVError) {
        switch options.arguments[Self.argument.name] {
        case nil, "auto"?: self = .automatic
        case let text?:
            guard let levels = Int(text), (0...Self.maximum).contains(levels) else {
                throw OVError(
                    .invalidArgument, "strip is a number of folders or auto, not '\(LocalPath.shown(text))'",
                    hint: "leave it out, or write --arg strip=0 to keep all folders")
            }
            self = .levels(levels)
        }
    }
}

/// Finds out whether everything in an archive lies in one folder, and what that is.
struct CommonFolder {
    private var name: Substring?
    /// Whether there is something beside it, so that the rest need not be looked at.
    private(set) var isNone = false

    var isOne: Bool { name != nil && !isNone }

    mutating func add(_ path: String) {
        guard let slash = path.utf8.firstIndex(of: UInt8(ascii: "/")) else {
            // What a desktop leaves behind says nothing.
            if path != ".DS_Store" { isNone = true }
            return
        }
        let first = path[..<slash]
        guard first != "__MACOSX" else { return }
        if name == nil { name = first } else if name != first { isNone = true }
    }
}
