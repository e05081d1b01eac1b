// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// The repository's examples of plug-ins, held to what every fetcher must keep.
@Suite(.inTurn) struct PluginContractTests {
    final class Example: ContractSource {
        let home: PluginHome
        let fetcher: any Fetcher
        let source: Source
        let isSingle: Bool

        init(_ name: String, isSingle: Bool) throws {
            home = try PluginHome()
            try home.installExample(name)
            fetcher = try home.fetcher(name)
            self.isSingle = isSingle
            source = Source(fetcher: name, location: home.folder.path(isSingle ? "source/page.md" : "source"))
            try home.folder.makeFolder("source")
        }

        func put(_ documents: [String: String]) async throws {
            if isSingle {
                for text in documents.values { try home.folder.write("source/page.md", text) }
                return
            }
            try removeAll()
            try home.folder.makeFolder("source")
            for (path, text) in documents { try home.folder.write("source/" + path, text) }
        }

        /// `put` writes every file anew.
        func touch() async throws {}
        func removeAll() throws { try home.folder.remove("source") }
    }

    /// A validator for each file, from the request; those that are as they were come without content.
    @Test(arguments: FetcherContract.allCases)
    func aTreeWithAValidatorForEachFile(_ rule: FetcherContract) async throws {
        try await rule.check { try Example("hashed", isSingle: false) }
    }

    /// One validator, from the environment; when it still holds, the status says so.
    @Test(arguments: FetcherContract.allCases)
    func aSingleDocumentWithOneValidator(_ rule: FetcherContract) async throws {
        try await rule.check { try Example("checked", isSingle: true) }
    }

    /// What needs no validators.
    @Test(
        arguments: [
            .incrementalRunsEqualFullOnes, .readsAnewWhatHasAnUnknownValidator, .deliversEachOfManyPathsOnce,
            .honoursTheLimitOnOneDocument, .honoursTheLimitsOnARun, .endsWhenItsTaskIsCancelled,
            .endsBeforeItBeginsInACancelledTask, .endsWhenTheSinkFails, .saysThatTheSourceIsGone,
        ] as [FetcherContract])
    func twoLinesOfShell(_ rule: FetcherContract) async throws {
        try await rule.check { try Example("directory", isSingle: false) }
    }

    @Test func theShortestExampleHasTwoLines() throws {
        #expect(try PluginHome.example("directory").split(separator: "\n", omittingEmptySubsequences: false).count == 3)
    }
}
