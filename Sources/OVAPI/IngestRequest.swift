// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What a caller asks to be ingested.
package struct IngestRequest: Hashable, Sendable {
    /// The source as the user wrote it: a path, a URL.
    package var path: String
    /// The exact target.
    package var to: String?
    /// A folder under which the target gets a name derived from the source.
    package var parent: String?
    package var reason: String
    package var instruction: String
    /// Minutes; zero for no watch.
    package var watchInterval: Double
    package var include: [String]
    package var exclude: [String]
    package var ignoredDirectories: [String]
    /// The fetcher, when it is not to be guessed.
    package var fetcher: String?
    package var arguments: [String: String]
    /// What to call the resource if nobody says where it goes, instead of a name derived from the source.
    package var suggestedName: String?
    package var allowsPrivateNetworks: Bool
    /// What relative paths are relative to: the caller's working directory.
    package var workingDirectory: String
    /// What `~/…` is relative to.
    package var homeDirectory: String?

    package init(
        path: String, to: String? = nil, parent: String? = nil, reason: String = "", instruction: String = "",
        watchInterval: Double = 0, include: [String] = [], exclude: [String] = [], ignoredDirectories: [String] = [],
        fetcher: String? = nil, arguments: [String: String] = [:], suggestedName: String? = nil,
        allowsPrivateNetworks: Bool = false,
        workingDirectory: String = "/", homeDirectory: String? = nil
    ) {
        self.path = path
        self.to = to
        self.parent = parent
        self.reason = reason
        self.instruction = instruction
        self.watchInterval = watchInterval
        self.include = include
        self.exclude = exclude
        self.ignoredDirectories = ignoredDirectories
        self.fetcher = fetcher
        self.arguments = arguments
        self.suggestedName = suggestedName
        self.allowsPrivateNetworks = allowsPrivateNetworks
        self.workingDirectory = workingDirectory
        self.homeDirectory = homeDirectory
    }
}

/// What became of an ingest so far.
package struct IngestReceipt: Hashable, Sendable {
    package let root: VikingURI
    package let task: TaskID
    package let sourcePath: String
    package let watch: WatchView?
    /// Whether a run of this resource was going on, so that this one follows it.
    package let isCoalesced: Bool

    package init(root: VikingURI, task: TaskID, sourcePath: String, watch: WatchView?, isCoalesced: Bool) {
        self.root = root
        self.task = task
        self.sourcePath = sourcePath
        self.watch = watch
        self.isCoalesced = isCoalesced
    }
}

extension IngestReceipt {
    /// The answer, with what the run found once it has ended.
    package func write(to json: inout JSONWriter, result: TaskRecord.Result?) {
        json.object { json in
            json.member("status", result == nil ? "accepted" : "success")
            json.member("root_uri", root)
            json.member("task_id", task)
            json.member("source_path", sourcePath)
            json.member("watch", orNull: watch)
            json.member("coalesced", isCoalesced)
            guard let result else { return }
            json.member("outcome", result.outcome.rawValue)
            json.member("added", result.changes.added)
            json.member("changed", result.changes.changed)
            json.member("removed", result.changes.removed)
            json.member("unchanged", result.changes.unchanged)
            json.member("bytes", Int(result.bytes))
            json.member("revision", orNull: result.revision)
            json.member("warnings", result.warnings)
        }
    }
}

/// How a source is looked at that is not to be taken in.
package enum IngestPreview: Hashable, Sendable {
    /// As an ingest would do it.
    case dryRun
    /// Everything is read anew, so that what is kept can be held against it.
    case verification
}

/// What an ingest would do, or what differs between a source and what is kept of it.
package struct IngestPlan: Hashable, Sendable, JSONWritable {
    package let root: VikingURI
    package let sourcePath: String
    package let changes: ChangeCounts
    package let added: [String]
    package let changed: [String]
    package let removed: [String]
    package let bytes: Int64
    package let warnings: [String]
    /// Why it would be held back, if it would.
    package let heldReason: String?
    /// Documents that are kept and that the source could not show this time.
    package let unchecked: [String]
    package let preview: IngestPreview

    package init(
        root: VikingURI, sourcePath: String, changes: ChangeCounts, added: [String], changed: [String],
        removed: [String], bytes: Int64, warnings: [String], heldReason: String?, unchecked: [String] = [],
        preview: IngestPreview = .dryRun
    ) {
        self.unchecked = unchecked
        self.preview = preview
        self.root = root
        self.sourcePath = sourcePath
        self.changes = changes
        self.added = added
        self.changed = changed
        self.removed = removed
        self.bytes = bytes
        self.warnings = warnings
        self.heldReason = heldReason
    }

    /// Whether what is kept is the source, as far as was seen, and all of it was.
    package var matches: Bool { changes.isEmpty && unchecked.isEmpty }

    package func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("root_uri", root)
            json.member("source_path", sourcePath)
            json.member("dry_run", true)
            if preview == .verification {
                json.member("verify", true)
                json.member("matches", matches)
            }
            json.member("added", added)
            json.member("changed", changed)
            json.member("removed", removed)
            json.member("unchanged", changes.unchanged)
            json.member("unchecked", unchecked)
            json.member("bytes", Int(bytes))
            json.member("would_be_held", orNull: heldReason)
            json.member("warnings", warnings)
        }
    }
}
