// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// Removing packs that nothing needs. FORMAT.md §3, "Collection".
extension Store {
    package struct Collected: Hashable, Sendable {
        package var packs = 0
        package var bytes: Int64 = 0
    }

    /// Removes what is not needed and old enough. Does nothing while another process collects.
    package func collect() throws(OVError) -> Collected {
        guard held[.collector] == nil, try tryToHold(.collector, label(role: "collector")) else { return Collected() }
        defer { try? release(.collector) }
        if hasSecrets {
            try takeUpCommits()
            try collectSecrets(unneededBy: [state, try previousState()])
        }
        // Candidates first: whatever a run publishes from now on is not among them, or is younger than the delay.
        let candidates = try oldPacks()
        guard !candidates.isEmpty else { return Collected() }
        try takeUpCommits()
        var needed = neededPacks(by: state)
        let unneeded = candidates.filter { !needed.contains($0.name) || !$0.isFinished }
        guard !unneeded.isEmpty else { return Collected() }
        needed.formUnion(neededPacks(by: try previousState()))
        var collected = Collected()
        for pack in unneeded where !(pack.isFinished && needed.contains(pack.name)) && !isLive(pack.name) {
            try translatingErrors { () throws(SystemError) in
                try files.remove(pack.path)
                if pack.isPack { try files.remove(home.index(pack.name)) }
            }
            collected.packs += pack.isPack ? 1 : 0
            collected.bytes += pack.size
        }
        return collected
    }

    private struct PackFile {
        let name: String
        let path: String
        /// Whether it is a pack, or what is to become one; else an index.
        let isPack: Bool
        let isFinished: Bool
        let size: Int64
    }

    private func oldPacks() throws(OVError) -> [PackFile] {
        let limit = (clock.now().milliseconds - limits.collectionDelay.count) * 1_000_000
        return try translatingErrors { () throws(SystemError) in
            var packs: [PackFile] = []
            for file in try files.names(in: home.packs) {
                let path = home.packs + "/" + file
                guard let dot = file.firstIndex(of: "."), PackName.isValid(String(file[..<dot])),
                    let status = try files.status(of: path), status.modified <= limit
                else { continue }
                packs.append(
                    PackFile(
                        name: String(file[..<dot]), path: path, isPack: file[dot...].hasPrefix(".pack"),
                        isFinished: !file.hasSuffix(".tmp"), size: status.size))
            }
            return packs
        }
    }

    func neededPacks(by state: State) -> Set<String> {
        var packs: Set<String> = []
        for (_, revisions) in state.allRevisions {
            for revision in revisions { packs.formUnion(revision.packs) }
        }
        packs.formUnion(state.removals.lazy.map(\.pack))
        return packs
    }

    /// Whether the run that made a pack may still publish it.
    private func isLive(_ name: String) -> Bool {
        guard let task = PackName.task(of: name).flatMap({ state.tasks[$0] }) else { return false }
        return !task.status.isFinal
    }

    /// The generation before, which a repair would go back to; an empty one where it is missing or damaged.
    private func previousState() throws(OVError) -> State {
        let bytes = try translatingErrors { () throws(SystemError) -> [UInt8]? in
            guard let status = try files.status(of: home.previousState) else { return nil }
            return try files.open(home.previousState, .read).read(Int(status.size), at: 0)
        }
        guard let bytes else { return .empty }
        var chain = MemberChain()
        try? chain.read(bytes)
        return chain.state
    }

    /// How many packs there are, and their bytes on disk.
    package func packUsage() throws(OVError) -> Collected {
        try translatingErrors { () throws(SystemError) in
            var usage = Collected()
            for file in try files.names(in: home.packs) where file.hasSuffix(".pack") {
                usage.packs += 1
                usage.bytes += try files.status(of: home.packs + "/" + file)?.size ?? 0
            }
            return usage
        }
    }
}
