// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVSystem
import OVTestTraits
import Testing

@Suite(.inTurn) struct SourceCredentialTests {
    private func resolve(_ text: String, _ options: Source.Options = .init()) async throws -> IngestPipeline.Resolution
    {
        let pipeline = IngestPipeline.standard(
            threads: ThreadPool(count: 2), surroundings: Surroundings(home: "/nowhere", environment: [:]))
        let context = SourceContext(workingDirectory: "/", homeDirectory: nil)
        return try await pipeline.resolve(text, fetcher: nil, options: options, in: context)
    }

    @Test(arguments: [
        ("https://user:password@example.com/a", "https://example.com/a", "user:password"),
        ("https://user:p%40ss%3Aw@example.com/a", "https://example.com/a", "user:p@ss:w"),
        ("HTTPS://token@example.com", "https://example.com/", "token"),
        ("https://token:@example.com", "https://example.com/", "token"),
        ("https://a@b:c@example.com/x@y", "https://example.com/x@y", "a@b:c"),
        ("https://user:pw@example.com?x=@", "https://example.com/?x=@", "user:pw"),
        ("https://user:pw@example.com/team/wiki.git", "https://example.com/team/wiki.git", "user:pw"),
        ("https://token@github.com/owner/repo", "https://github.com/owner/repo.git", "token"),
        ("git+https://user:pw@example.com/wiki", "https://example.com/wiki", "user:pw"),
    ])
    func takesASecretOutOfAnAddress(_ text: String, _ location: String, _ secret: String) async throws {
        let resolution = try await resolve(text)
        #expect(resolution.source.location == location)
        #expect(resolution.credential == secret)
        #expect(resolution.source.options.arguments.isEmpty)
    }

    @Test(arguments: ["https://example.com/a@b", "https://example.com/?u=a:b@c", "git@example.com:a/b.git", "/tmp"])
    func leavesOtherAddressesAlone(_ text: String) async throws {
        #expect(try await resolve(text).credential == nil)
    }

    @Test func takesOneWayToSayWhoAsks() async {
        let error = await #expect(throws: OVError.self) {
            try await resolve("https://user:pw@example.com/a", .init(arguments: ["auth": "env:NAME"]))
        }
        #expect(error?.code == .contradictoryArguments)
        #expect(error?.message.contains("pw") == false)
    }

    @Test(arguments: ["https://user:hush@", "https://user:hush@exa mple/", "https://user:hush@[x]/"])
    func showsNoSecretInAnError(_ text: String) async {
        let error = await #expect(throws: OVError.self) { try await resolve(text) }
        #expect(error?.description.contains("hush") == false)
        #expect(error?.hint?.contains("hush") == false)
    }
}
