// SPDX-License-Identifier: Apache-2.0

/// The record of a single execution: an ingest that somebody asked for, or a refresh of a watch.
package struct TaskRecord: Hashable, Sendable {
    package let id: TaskID
    package let kind: Kind
    package let owner: Owner
    /// The root that it ingests into.
    package let uri: VikingURI
    package let watch: TaskID?
    package let trigger: Trigger
    /// The point of the schedule that it runs for.
    package let scheduledFor: Timestamp?
    package let createdAt: Timestamp
    package var updatedAt: Timestamp
    package var startedAt: Timestamp?
    package var finishedAt: Timestamp?
    package var status: Status
    package var stage: Stage
    package var progress: Progress
    /// Who runs it; nil unless it is running.
    package var lease: Lease?
    /// A held run whose losses this one may publish.
    package var acceptedDeletions: TaskID?
    package var result: Result?
    package var error: Failure?

    package enum Kind: String, Hashable, Sendable, CaseIterable {
        case addResource = "add_resource"
        case watchRefresh = "watch_refresh"
        case revert
    }

    package enum Status: String, Hashable, Sendable, CaseIterable {
        case pending, running, cancelling, completed, failed, cancelled

        package var isFinal: Bool { self == .completed || self == .failed || self == .cancelled }
        /// Whether some process is at work on it, or was when it died.
        package var isRunning: Bool { self == .running || self == .cancelling }
    }

    package enum Stage: String, Hashable, Sendable {
        case queued, fetching, converting, publishing
    }

    package enum Trigger: String, Hashable, Sendable {
        case create, schedule, manual
        case catchUp = "catch_up"
        case retry
    }

    package struct Progress: Hashable, Sendable {
        package var documents: Int
        package var bytes: Int64
        package var totalDocuments: Int?

        package init(documents: Int = 0, bytes: Int64 = 0, totalDocuments: Int? = nil) {
            self.documents = documents
            self.bytes = bytes
            self.totalDocuments = totalDocuments
        }
    }

    /// The right to run it, which lasts exactly as long as the owner's byte of the lock file is held.
    package struct Lease: Hashable, Sendable {
        package let slot: Int
        /// Rises with every claim; what is published under an older one is refused.
        package let token: UInt64
        /// The revision that the run compares with.
        package let baseRevision: Int

        package init(slot: Int, token: UInt64, baseRevision: Int) {
            self.slot = slot
            self.token = token
            self.baseRevision = baseRevision
        }
    }

    package enum Outcome: String, Hashable, Sendable {
        case updated, unchanged, held
    }

    package struct Result: Hashable, Sendable {
        package var outcome: Outcome
        /// The name of the revision that is current after the run.
        package var revision: String?
        package var changes: ChangeCounts
        package var bytes: Int64
        package var warnings: [String]

        package init(
            outcome: Outcome, revision: String?, changes: ChangeCounts, bytes: Int64, warnings: [String] = []
        ) {
            self.outcome = outcome
            self.revision = revision
            self.changes = changes
            self.bytes = bytes
            self.warnings = warnings
        }
    }

    package struct Failure: Hashable, Sendable {
        package let code: String
        package let message: String
        package let hint: String?
        /// A word for programs: `interrupted`, `superseded`, `source_gone`.
        package let cause: String?

        package init(code: String, message: String, hint: String? = nil, cause: String? = nil) {
            self.code = code
            self.message = message
            self.hint = hint
            self.cause = cause
        }
    }

    /// A run that is asked for and has not begun.
    package init(
        id: TaskID, kind: Kind, owner: Owner, uri: VikingURI, watch: TaskID?, trigger: Trigger,
        scheduledFor: Timestamp? = nil, acceptedDeletions: TaskID? = nil, createdAt: Timestamp
    ) {
        self.id = id
        self.kind = kind
        self.owner = owner
        self.uri = uri
        self.watch = watch
        self.trigger = trigger
        self.scheduledFor = scheduledFor
        self.acceptedDeletions = acceptedDeletions
        self.createdAt = createdAt
        updatedAt = createdAt
        status = .pending
        stage = .queued
        progress = Progress()
    }

    package var key: ResourceKey { ResourceKey(account: owner.account, uri: uri) }
}
