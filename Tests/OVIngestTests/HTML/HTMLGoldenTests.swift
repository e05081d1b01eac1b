// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVIngest
import OVSystem
import OVTestTraits
import Testing

/// Whole pages, compared with the Markdown in `fixtures/html`.
@Suite(.inTurn) struct HTMLGoldenTests {
    @Test(arguments: [
        ("documentation", "https://docs.relay.example/en/latest/guide/queues.html"),
        ("blog", "https://lathe.example/2023/slow"),
        ("wiki", "https://springs.example/wiki/Damping"), ("homepage", nil),
        ("issue", "https://github.example/relay/relay/issues/12"),
    ])
    func becomesTheMarkdownThatWasRecorded(_ name: String, _ location: String?) throws {
        let folder = RepositoryFiles.root + "/fixtures/html/"
        let converted = try #require(
            try HTMLPages.convert(RepositoryFiles.read(at: folder + name + ".html"), at: location))
        try RecordedMarkdown.compare(converted.bytes, withFile: folder + name + ".md")
    }
}
