// SPDX-License-Identifier: Apache-2.0

import OVStore
import OVSystem
import Synchronization

/// What a disk holds behind the back of the page cache: a real folder shows what programs see, this model knows what
/// of it would survive if the power failed now.
///
/// Content survives as of the last sync of its file. Names survive as of the last sync of their folder. Everything
/// since then may survive or not, each thing by itself. A sync that failed loses what it should have written: later
/// syncs succeed and bring zeros, as Linux does it.
package final class FaultyDisk: Sendable {
    /// What is left of everything that was not synced.
    package enum Survival: Sendable {
        case nothing
        case everything
        /// Some names, and of files a part: cut short, or with zeros in place of what did not arrive.
        case some(seed: UInt64)
    }

    /// A file apart from its names.
    final class Inode {
        let file: any OpenFile
        var durable: [UInt8] = []
        /// What a failed sync has lost.
        var lost = 0..<0

        init(_ file: any OpenFile) { self.file = file }
    }

    fileprivate struct NameChange {
        let folder: String
        let puts: (name: String, inode: Inode)?
        let removes: String?
    }

    /// Guarded by `model`.
    struct Model {
        fileprivate var names: [String: Inode] = [:]
        fileprivate var durableNames: [String: Inode] = [:]
        fileprivate var pending: [NameChange] = []
    }

    private let model: Mutex<UnsafeTransfer<Model>>
    let files = LocalFileSystem()

    package init() { model = Mutex(UnsafeTransfer(Model())) }

    private func change<Result: Sendable>(_ body: (inout Model) throws(SystemError) -> Result) throws(SystemError)
        -> Result
    {
        try model.withLock { model throws(SystemError) in try body(&model.value) }
    }

    static func folder(of path: String) -> String {
        String(path.prefix(upTo: path.utf8.lastIndex(of: 47) ?? path.startIndex))
    }
}

/// `@unchecked Sendable`: lives inside the disk's mutex and is only touched under it.
private struct UnsafeTransfer<Value>: @unchecked Sendable {
    var value: Value

    init(_ value: Value) { self.value = value }
}

// MARK: - Operations

extension FaultyDisk {
    func create(_ path: String) throws(SystemError) -> any OpenFile {
        let file = try files.open(path, .create)
        try change { model throws(SystemError) in
            // An old file keeps its inode and its name; only its content is gone.
            guard model.names[path] == nil else { return }
            model.put(path, Inode(file))
        }
        return file
    }

    func synchronize(_ path: String, _ file: any OpenFile) throws(SystemError) {
        let number = try file.status().inode
        try change { model throws(SystemError) in
            guard let inode = try model.inode(number) else { return }
            inode.durable = try Self.contents(of: inode.file)
            for index in inode.lost.clamped(to: inode.durable.indices) { inode.durable[index] = 0 }
        }
    }

    /// What a sync that fails leaves: nothing of what was written since the last one, now or later.
    func failToSynchronize(_ file: any OpenFile) throws(SystemError) {
        let number = try file.status().inode
        try change { model throws(SystemError) in
            guard let inode = try model.inode(number) else { return }
            let current = try Self.contents(of: inode.file)
            let common = zip(inode.durable, current).prefix { $0 == $1 }.count
            inode.lost = common..<max(common, current.count)
        }
    }

    /// Bytes that are written anew can be synced anew.
    func noteWrite(_ file: any OpenFile, from offset: Int64, to end: Int64) throws(SystemError) {
        let number = try file.status().inode
        try change { model throws(SystemError) in
            guard let inode = try model.inode(number), !inode.lost.isEmpty, offset <= inode.lost.lowerBound else {
                return
            }
            inode.lost = min(max(Int(end), inode.lost.lowerBound), inode.lost.upperBound)..<inode.lost.upperBound
        }
    }

    func rename(_ path: String, to target: String) throws(SystemError) {
        try files.rename(path, to: target)
        try change { model throws(SystemError) in
            guard let inode = model.names.removeValue(forKey: path) else { return }
            model.put(target, inode, removing: path)
        }
    }

    func link(_ path: String, to target: String) throws(SystemError) {
        try files.link(path, to: target)
        try change { model throws(SystemError) in
            if let inode = model.names[path] { model.put(target, inode) }
        }
    }

    func remove(_ path: String) throws(SystemError) {
        try files.remove(path)
        try change { model throws(SystemError) in
            guard model.names.removeValue(forKey: path) != nil else { return }
            model.pending.append(NameChange(folder: Self.folder(of: path), puts: nil, removes: path))
        }
    }

    func synchronizeFolder(_ path: String) throws(SystemError) {
        try change { model throws(SystemError) in
            for change in model.pending where change.folder == path { model.apply(change) }
            model.pending.removeAll { $0.folder == path }
        }
    }

    static func contents(of file: any OpenFile) throws(SystemError) -> [UInt8] {
        try file.read(Int(try file.status().size), at: 0)
    }
}

extension FaultyDisk.Model {
    fileprivate mutating func put(_ path: String, _ inode: FaultyDisk.Inode, removing old: String? = nil) {
        names[path] = inode
        pending.append(
            FaultyDisk.NameChange(folder: FaultyDisk.folder(of: path), puts: (path, inode), removes: old))
    }

    fileprivate mutating func apply(_ change: FaultyDisk.NameChange) {
        if let removed = change.removes { durableNames[removed] = nil }
        if let (name, inode) = change.puts { durableNames[name] = inode }
    }

    fileprivate func inode(_ number: UInt64) throws(SystemError) -> FaultyDisk.Inode? {
        for inode in Array(names.values) + Array(durableNames.values) where try inode.file.status().inode == number {
            return inode
        }
        return nil
    }
}

// MARK: - Power

extension FaultyDisk {
    /// Cuts the power: leaves in the real folder what is on the disk. Nobody may use it while this goes on.
    package func cutPower(_ survival: Survival) throws {
        try change { model throws(SystemError) in
            var generator = survival.generator
            for change in model.pending where survival.keeps(&generator) { model.apply(change) }
            model.pending = []
            var contents: [ObjectIdentifier: [UInt8]] = [:]
            for inode in model.durableNames.sorted(by: { $0.key < $1.key }).map(\.value) {
                guard contents[ObjectIdentifier(inode)] == nil else { continue }
                let current = try Self.contents(of: inode.file)
                contents[ObjectIdentifier(inode)] = survival.content(inode.durable, current, &generator)
            }
            for path in model.names.keys { try files.remove(path) }
            model.names = [:]
            try restore(&model, contents)
        }
    }

    /// Writes what has survived as new files, all of it durable now.
    private func restore(_ model: inout Model, _ contents: [ObjectIdentifier: [UInt8]]) throws(SystemError) {
        var restored: [ObjectIdentifier: (path: String, inode: Inode)] = [:]
        for (path, old) in model.durableNames.sorted(by: { $0.key < $1.key }) {
            if let (first, inode) = restored[ObjectIdentifier(old)] {
                try files.link(first, to: path)
                model.names[path] = inode
                continue
            }
            let bytes = contents[ObjectIdentifier(old)] ?? []
            let file = try files.open(path, .create)
            try file.write(bytes, at: 0)
            let inode = Inode(file)
            inode.durable = bytes
            restored[ObjectIdentifier(old)] = (path, inode)
            model.names[path] = inode
        }
        model.durableNames = model.names
    }
}

extension FaultyDisk.Survival {
    fileprivate var generator: SplitMix64 {
        if case .some(let seed) = self { SplitMix64(seed: seed) } else { SplitMix64(seed: 0) }
    }

    fileprivate func keeps(_ generator: inout SplitMix64) -> Bool {
        switch self {
        case .nothing: false
        case .everything: true
        case .some: generator.once(in: 2)
        }
    }

    fileprivate func content(_ durable: [UInt8], _ current: [UInt8], _ generator: inout SplitMix64) -> [UInt8] {
        switch self {
        case .nothing: return durable
        case .everything: return current
        case .some:
            // What was synced and not touched since is safe.
            let common = zip(durable, current).prefix { $0 == $1 }.count
            let prefix = Array(current.prefix(Int.random(in: common...current.count, using: &generator)))
            switch Int.random(in: 0..<3, using: &generator) {
            case 0: return durable
            case 1: return prefix
            default: return prefix + [UInt8](repeating: 0, count: current.count - prefix.count)
            }
        }
    }
}
