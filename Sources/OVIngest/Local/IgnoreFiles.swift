// SPDX-License-Identifier: Apache-2.0

import Glibc
internal import OVSystem

/// Finds and reads the ignore files of a folder and of the work tree that it is in.
///
/// Read are `.gitignore` and, nearer still, `.ovignore` of each folder, and `.git/info/exclude` of each repository.
/// A user's own `core.excludesFile` is not: what a resource holds must not depend on who refreshes it.
struct IgnoreFiles {
    /// Far above any real one.
    private static let maximumBytes: Int64 = 1 << 20
    private static let names = [".gitignore", ".ovignore"]

    /// What holds in the folder that `listing` is of, below what held above it.
    /// - Parameter baseLength: bytes of the folder's raw path, with its slash.
    /// - Throws: `SystemError` when there is a file that cannot be read: what it would leave out is not known then.
    static func scope(
        of listing: FolderListing, in folder: Descriptor, baseLength: Int, below parent: IgnoreScope?
    ) throws(SystemError) -> IgnoreScope? {
        var scope = parent
        if listing.entry(named: ".git") != nil {
            // A repository inside another: git's rules end at its border.
            scope = try exclusions(in: folder, baseLength: baseLength)
        }
        for name in names where listing.entry(named: name) != nil {
            scope = add(try rules(name, in: folder), baseLength, below: scope)
        }
        return scope
    }

    /// What the work tree above a root says, and the root's raw path in it.
    ///
    /// A rule counts for what it matches; that the root itself may lie in an ignored folder does not, because the
    /// user has asked for it by name.
    /// - Parameter root: absolute, as the kernel spells it.
    /// - Throws: `SystemError`, see above.
    static func above(_ root: [UInt8]) throws(SystemError) -> (scope: IgnoreScope?, prefix: [UInt8]) {
        let segments = root.split(separator: UInt8(ascii: "/"))
        guard let top = workTree(above: segments) else { return (nil, []) }
        var folder = try Descriptor(
            opening: path(segments[..<top]), O_RDONLY | O_DIRECTORY)
        var (scope, prefix) = (try exclusions(in: folder, baseLength: 0), [UInt8]())
        for segment in segments[top...] {
            for name in names { scope = add(try rules(name, in: folder), prefix.count, below: scope) }
            folder = try folder.opening(segment, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            prefix += segment + [UInt8(ascii: "/")]
        }
        return (scope, prefix)
    }

    /// How many segments lead to the nearest folder above that has a `.git`; nil when the root has one itself.
    private static func workTree(above segments: [ArraySlice<UInt8>]) -> Int? {
        for count in stride(from: segments.count, through: 0, by: -1) {
            if (try? FileStatus(of: path(segments[..<count]) + "/.git", followingLinks: false)) != nil {
                return count == segments.count ? nil : count
            }
        }
        return nil
    }

    private static func path(_ segments: ArraySlice<ArraySlice<UInt8>>) -> String {
        "/" + segments.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }

    private static func exclusions(in folder: Descriptor, baseLength: Int) throws(SystemError) -> IgnoreScope? {
        var folder = folder
        for name in [".git", "info"] {
            do { folder = try folder.opening(name.utf8, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) } catch {
                // `.git` is a file in linked work trees, need not have `info`, and may be another user's affair.
                if isAbsence(error) || error.errno == EACCES { return nil }
                throw error
            }
        }
        return add(try rules("exclude", in: folder), baseLength, below: nil)
    }

    private static func add(_ rules: IgnoreRules?, _ baseLength: Int, below scope: IgnoreScope?) -> IgnoreScope? {
        guard let rules, !rules.isEmpty else { return scope }
        return IgnoreScope(rules, baseLength: baseLength, below: scope)
    }

    /// - Returns: nil when there is no such regular file; like git, it does not follow links here.
    private static func rules(_ name: String, in folder: Descriptor) throws(SystemError) -> IgnoreRules? {
        let file: Descriptor
        do { file = try folder.opening(name.utf8, StableRead.flags | O_NOFOLLOW) } catch {
            if isAbsence(error) { return nil }
            throw error
        }
        let status = try file.status()
        guard status.kind == .file else { return nil }
        guard status.size <= maximumBytes else {
            throw SystemError(errno: EFBIG, operation: "read", path: file.path)
        }
        return IgnoreRules(parsing: try file.read(Int(status.size), at: 0))
    }

    private static func isAbsence(_ error: SystemError) -> Bool {
        // ENXIO is what opening a socket gives.
        [ENOENT, ENOTDIR, ELOOP, ENXIO].contains(error.errno)
    }
}
