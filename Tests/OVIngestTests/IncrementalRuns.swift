// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

extension ContractSource {
    /// Edits a source at random and runs its fetcher after each round, as an engine does: with the validators that the
    /// run before has left, of which it may have lost some. What an engine then holds is what a run delivers that
    /// believes nothing, and that is what the source has. A run of which nothing is kept, as of a plan, changes nothing
    /// for the next one.
    func checkIncrementalRuns(seed: UInt64, rounds: Int = 10) async throws {
        var edits = RandomEdits(seed: seed, isSingle: isSingle)
        var (held, validators): ([String: String], [String: Validator]) = ([:], [:])
        for round in 1...rounds {
            edits.next(round)
            try await put(edits.documents)
            if edits.areTouched { try await touch() }
            let known = edits.thinnedOut(validators)
            let plan = try await fetcher.record(source, validators: known)
            let record = try await fetcher.record(source, validators: known)
            #expect(record.repeated.isEmpty, "seed \(seed), round \(round)")
            #expect(texts(plan) == texts(record), "seed \(seed), round \(round)")
            #expect(Set(plan.kept.keys) == Set(record.kept.keys), "seed \(seed), round \(round)")
            held = texts(record).merging(held.filter { record.kept[$0.key] != nil }) { delivered, _ in delivered }
            validators = record.validators
            let full = try await fetcher.record(source, isFromScratch: true)
            #expect(full.kept.isEmpty)
            #expect(held == texts(full), "seed \(seed), round \(round)")
            #expect(held == edits.documents, "seed \(seed), round \(round)")
        }
    }
}

/// What somebody does to a source over time: writes, renames, removes, empties, brings back, writes the same again, and
/// leaves alone.
private struct RandomEdits {
    private var random: SeededGenerator
    private let isSingle: Bool
    private let paths: [String]
    private(set) var documents: [String: String] = [:]
    /// Whether all of it looks new in this round.
    private(set) var areTouched = false

    init(seed: UInt64, isSingle: Bool) {
        random = SeededGenerator(seed: seed)
        self.isSingle = isSingle
        paths = isSingle ? [""] : (0..<12).map { "\(["", "x/", "x/y/", "z/"][$0 % 4])file\($0).md" }
    }

    mutating func next(_ round: Int) {
        areTouched = random.isTrue(oneIn: 4)
        // A round in which nothing happens, now and then.
        if round > 1, random.isTrue(oneIn: 5) { return }
        if !isSingle, random.isTrue(oneIn: 6) {
            // All at once, as after a change of branches.
            documents = [:]
        }
        for path in paths where random.isTrue(oneIn: 3) || isSingle && round == 1 {
            switch isSingle ? 0 : Int.random(in: 0..<6, using: &random) {
            case 0...2:
                // No two versions of a document have the same length, so that this does not hang on the clock.
                documents[path] = "\(round)" + String(repeating: "x", count: round * 3)
            case 3: documents[path] = nil
            case 4: documents[path] = documents.removeValue(forKey: random.pick(paths))
            default: documents[path] = documents[random.pick(paths)]
            }
        }
        // A source without documents is another matter.
        if documents.isEmpty { documents[paths[0]] = "\(round) again" }
    }

    /// Some validators without the others, now and then: a document changed in the store, or a file of it was lost.
    mutating func thinnedOut(_ validators: [String: Validator]) -> [String: Validator] {
        guard random.isTrue(oneIn: 3) else { return validators }
        var thinned = validators
        for path in validators.keys.sorted() where random.isTrue(oneIn: 3) { thinned[path] = nil }
        return thinned
    }
}

/// Every kind of source there is.
private enum EditedSource: String, CaseIterable, Sendable {
    case file, folder, git, fileOfGit, url, siteWithSitemap, crawledSite, feed, zip, tar, packedTar, zipOnTheWeb
    case packedTarOnTheWeb, packedNote, pluginWithValidators, pluginForOne, pluginWithout, upload

    func make() throws -> any ContractSource {
        switch self {
        case .file: try FileFetcherTests.OneFile()
        case .folder: try FolderFetcherTests.Tree()
        case .git: try GitFetcherTests.Contract()
        case .fileOfGit: try GitFetcherTests.SingleFile()
        case .url: try URLFetcherTests.OnePage()
        case .siteWithSitemap: try SiteSource.withSitemap()
        case .crawledSite: try SiteSource.crawled()
        case .feed: try SiteSource.blog()
        case .zip: try ArchiveFetcherTests.LocalSource(".zip")
        case .tar: try ArchiveFetcherTests.LocalSource(".tar")
        case .packedTar: try ArchiveFetcherTests.LocalSource(".tar.gz")
        case .zipOnTheWeb: try ArchiveFetcherTests.RemoteSource(".zip")
        case .packedTarOnTheWeb: try ArchiveFetcherTests.RemoteSource(".tgz")
        case .packedNote: try ArchiveFetcherTests.PackedNote()
        case .pluginWithValidators: try PluginContractTests.Example("hashed", isSingle: false)
        case .pluginForOne: try PluginContractTests.Example("checked", isSingle: true)
        case .pluginWithout: try PluginContractTests.Example("directory", isSingle: false)
        case .upload: try ReplacedUpload()
        }
    }
}

@Suite(.inTurn) struct IncrementalRunTests {
    @Test(arguments: EditedSource.allCases, 1...4 as ClosedRange<UInt64>)
    fileprivate func incrementalIsFull(_ kind: EditedSource, seed: UInt64) async throws {
        try await kind.make().checkIncrementalRuns(seed: seed)
    }
}
