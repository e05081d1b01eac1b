// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// Something about a file of the home.
package struct Finding: Hashable, Sendable {
    /// Relative to the home.
    package let file: String
    package let message: String

    package init(file: String, message: String) {
        self.file = file
        self.message = message
    }
}

/// What `ov store check` has found out.
package struct Inspection: Sendable {
    package var problems: [Finding] = []
    /// What a crash may leave and the next write cleans up.
    package var notes: [Finding] = []
    package var state = State.empty
    package var revisions = 0
    package var packs = 0
    package var documents = 0
    package var bytes: Int64 = 0
}

extension Store {
    /// A store whose state may be damaged: nothing is read on opening.
    package static func unopened(
        home: String, files: any FileSystem = LocalFileSystem(), clock: any WallClock, random: any RandomSource,
        limits: Limits
    ) -> Store {
        Store(home: home, files: files, clock: clock, random: random, limits: limits, role: "maintenance")
    }

    /// Verifies the state, every pack, every digest and every reference. Changes nothing.
    /// - Throws: `UNAVAILABLE` when the home cannot be read at all.
    package func inspect(progress: @Sendable (String) -> Void) throws(OVError) -> Inspection {
        var inspection = Inspection()
        progress("state")
        guard try inspectState(&inspection) else { return inspection }
        try inspectLeftovers(&inspection)
        inspectReferences(&inspection)
        var packs = PackInspection(store: self)
        for (key, revisions) in inspection.state.allRevisions {
            progress(key.uri.text)
            for revision in revisions {
                inspection.revisions += 1
                inspection.problems += packs.faults(of: revision).map { Finding(file: $0.file, message: $0.message) }
            }
        }
        for removal in inspection.state.removals {
            do throws(OVError) {
                _ = try tombstones(of: removal)
            } catch {
                inspection.problems.append(Finding(file: "packs/\(removal.pack).pack", message: error.message))
            }
        }
        inspection.notes += packs.notes
        inspection.documents = packs.documents
        inspection.bytes = packs.bytes
        inspection.packs = neededPacks(by: inspection.state).count
        return inspection
    }

    /// - Returns: false when there is no state that could be looked at further.
    private func inspectState(_ inspection: inout Inspection) throws(OVError) -> Bool {
        do throws(OVError) {
            try takeUpCommits()
        } catch {
            inspection.problems.append(Finding(file: "state.json.gz", message: error.message))
            return false
        }
        inspection.state = state
        guard stateFile.exists else { return false }
        let size = try translatingErrors { () throws(SystemError) in try files.status(of: home.state)?.size ?? 0 }
        if size > stateFile.length {
            inspection.notes.append(
                Finding(
                    file: "state.json.gz",
                    message:
                        "\(size - stateFile.length) bytes behind the last commit are torn; the next commit cuts them off"
                ))
        }
        return true
    }

    private func inspectLeftovers(_ inspection: inout Inspection) throws(OVError) {
        let (names, packs, previous) = try translatingErrors { () throws(SystemError) in
            (
                try files.names(in: home.path), try files.names(in: home.packs),
                try contents(of: home.previousState)
            )
        }
        for name in names.sorted() where name.hasPrefix("state.torn-") {
            inspection.notes.append(
                Finding(
                    file: name,
                    message:
                        "bytes of a commit that a crash cut short; if the disk was damaged, of one that was acknowledged"
                ))
        }
        if names.contains("state.json.gz.new") {
            inspection.notes.append(
                Finding(file: "state.json.gz.new", message: "a compaction that was cut short; the next one replaces it")
            )
        }
        if let previous {
            var chain = MemberChain()
            do throws(MemberChain.Fault) {
                try chain.read(previous)
            } catch {
                inspection.problems.append(
                    Finding(file: "state.json.gz.1", message: "the previous generation does not check out: \(error)"))
            }
        }
        noteUnneeded(packs, &inspection)
    }

    /// One line for all of them: a watch that runs often leaves many, and they go by themselves.
    private func noteUnneeded(_ packs: [String], _ inspection: inout Inspection) {
        let needed = neededPacks(by: inspection.state)
        let unneeded = packs.filter { !$0.hasSuffix(".index") && !needed.contains(String($0.prefix { $0 != "." })) }
            .sorted()
        guard let first = unneeded.first else { return }
        let message =
            unneeded.count == 1
            ? "nothing refers to it; it is collected when it is old enough"
            : "nothing refers to it and \(unneeded.count - 1) more; they are collected when they are old enough"
        inspection.notes.append(Finding(file: "packs/" + first, message: message))
    }

    private func inspectReferences(_ inspection: inout Inspection) {
        let state = inspection.state
        func problem(_ message: String) { inspection.problems.append(Finding(file: "state.json.gz", message: message)) }
        for resource in state.resources.values where resource.revision > 0 {
            if state.currentRevision(of: resource) == nil {
                problem("\(resource.uri) has revision \(resource.revision), of which there is no record")
            }
        }
        for (key, revisions) in state.allRevisions where state.resources[key] == nil {
            problem("\(revisions.count) revisions of \(key.uri), which is no resource")
        }
        for watch in state.watches.values where watch.isActive && state.resources[watch.key] == nil {
            problem("watch \(watch.id) is active on \(watch.uri), which is no resource")
        }
        for task in state.tasks.values where task.status.isRunning && task.lease == nil {
            problem("task \(task.id) is running for nobody")
        }
    }

    /// The bytes of a file; nil when there is none.
    func contents(of path: String) throws(SystemError) -> [UInt8]? {
        guard let status = try files.status(of: path) else { return nil }
        return try files.open(path, .read).read(Int(status.size), at: 0)
    }
}
