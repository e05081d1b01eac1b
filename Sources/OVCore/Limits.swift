// SPDX-License-Identifier: Apache-2.0

/// The bounds on everything that comes from outside, with the product's defaults.
package struct Limits: Hashable, Sendable {
    /// Bytes of one document; a larger one is skipped with a warning.
    package var documentBytes: Int64 = 32 << 20
    package var documentsPerIngest = 200_000
    package var bytesPerIngest: Int64 = 4 << 30
    /// How many pages of a site are visited.
    package var webPagesPerIngest = 10_000
    /// How many times as large as an archive what comes out of it may be.
    package var archiveRatio = 200
    package var ingestDuration = Milliseconds.minutes(60)
    package var concurrentRuns = 4
    /// How many of them may fetch from one host.
    package var runsPerHost = 2
    /// How long a connection may take to come about.
    package var connectTimeout = Milliseconds.seconds(10)
    /// How long a source may say nothing in the middle of an answer.
    package var idleTimeout = Milliseconds.seconds(30)
    /// How long one fetch may take in all, redirects included, however steadily a source sends.
    package var fetchDuration = Milliseconds.minutes(10)
    /// How many redirects of one request are followed.
    package var redirects = 10
    /// Bytes of a watch's reason, and of its instruction.
    package var noteBytes = 8 << 10
    package var tasksPerWatch = 20
    package var taskAge = Milliseconds.days(30)
    package var tasks = 100_000
    package var revisionsPerResource = 10
    package var revisionAge = Milliseconds.days(365)
    package var tombstoneAge = Milliseconds.days(90)
    /// How many documents that are gone a resource remembers, and a removal.
    package var tombstones = 100_000
    /// How many removals are remembered.
    package var removals = 10_000
    /// How many readers of the feed of changes somebody may name; the one longest unused makes room.
    package var readersPerUser = 100
    /// How long something must have been unreferenced before it is collected.
    package var collectionDelay = Milliseconds.hours(1)
    /// How long a commit waits for another process to finish its own.
    package var lockWait = Milliseconds.seconds(30)

    package init() {}
}
