// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVSystem
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct GitRecognitionTests {
    private let folder: TemporaryFolder
    private let fetcher: GitFetcher

    init() throws {
        folder = try TemporaryFolder()
        for name in ["bare.git", "plain", "work/.git"] {
            try folder.write("\(name)/HEAD", "ref: refs/heads/main\n")
            try folder.makeFolder("\(name)/objects")
            try folder.makeFolder("\(name)/refs")
        }
        try folder.makeFolder("folder")
        try folder.write("host:file", "")
        fetcher = GitFetcher(
            cache: folder.path("cache"), supervisor: Supervisor(executable: "/nowhere"), environment: [:])
    }

    private func recognise(_ text: String, named: Bool = false) async throws(OVError) -> RecognisedSource? {
        var context = SourceContext(workingDirectory: folder.path, homeDirectory: folder.path("work"))
        context.isFetcherNamed = named
        return try await fetcher.recognise(text, in: context)
    }

    @Test(arguments: [
        ("https://example.org/team/tool.git", "https://example.org/team/tool.git", "tool"),
        ("https://example.org/tool.git/", "https://example.org/tool.git", "tool"),
        ("HTTPS://Example.ORG:443/a%20b.git", "https://example.org/a%20b.git", "a b"),
        ("http://example.org:8080/x.git", "http://example.org:8080/x.git", "x"),
        ("git+https://example.org/x/", "https://example.org/x", "x"),
        ("git+http://example.org/x", "http://example.org/x", "x"),
        ("https://github.com/owner/repo", "https://github.com/owner/repo.git", "repo"),
        ("https://github.com/owner/repo.git", "https://github.com/owner/repo.git", "repo"),
        ("https://gitlab.com/owner/repo/", "https://gitlab.com/owner/repo.git", "repo"),
        ("https://codeberg.org/o/r", "https://codeberg.org/o/r.git", "r"),
        ("https://bitbucket.org/o/r", "https://bitbucket.org/o/r.git", "r"),
        ("git@github.com:owner/repo.git", "git@github.com:owner/repo.git", "repo"),
        ("git@GitHub.com:owner/repo.git/", "git@github.com:owner/repo.git", "repo"),
        ("git+ssh://git@example.org/x", "ssh://git@example.org/x", "x"),
        ("ssh://example.org:2222/srv/x.git", "ssh://example.org:2222/srv/x.git", "x"),
        ("ssh://git@example.org:22/~me/x.git/", "ssh://git@example.org/~me/x.git", "x"),
        ("me@example.org:/srv/x", "ssh://me@example.org/srv/x", "x"),
        ("me@[2001:db8::1]:x", "me@[2001:db8::1]:x", "x"),
        ("ssh://me@[2001:db8::1]:2222/x", "ssh://me@[2001:db8::1]:2222/x", "x"),
    ])
    func oneSpellingForEachRepository(_ text: String, _ location: String, _ name: String) async throws {
        let recognised = try #require(try await recognise(text))
        #expect(recognised == RecognisedSource(location: location, suggestedName: name))
        #expect(try await recognise(location, named: true) == recognised)
    }

    @Test(arguments: [
        ("bare.git", false, "bare.git", "bare"), ("./plain/", false, "plain", "plain"),
        ("~/.git", false, "work/.git", "work"), ("git+file://PATH/work", false, "work", "work"),
        ("file://PATH/bare.git", false, "bare.git", "bare"), ("work", true, "work", "work"),
        ("~", true, "work", "work"),
    ])
    func repositoriesOfThisMachine(_ text: String, _ named: Bool, _ path: String, _ name: String) async throws {
        let text = text.replacing("PATH", with: folder.path)
        let expected = RecognisedSource(location: folder.path(path), suggestedName: name)
        #expect(try await recognise(text, named: named) == expected)
    }

    @Test(arguments: [
        "work", "folder", "host:file", "nowhere", "https://example.org/page", "https://example.org/x.git?a=b",
        "https://github.com/", "https://github.com/owner", "https://github.com/owner/repo/issues",
        "https://github.com/features/actions", "https://github.com/owner/repo/blob/main/x.md",
        "https://github.com/owner/repo?tab=readme", "host.example.org:x", "ftp://example.org/x.git", "", "a b",
    ]) func otherSourcesAreForOthers(_ text: String) async throws {
        #expect(try await recognise(text) == nil)
    }

    @Test func anyURLIsForGitWhenTheUserSaysSo() async throws {
        #expect(try await recognise("https://example.org/page/", named: true)?.location == "https://example.org/page")
    }

    @Test(arguments: [
        ("git://example.org/x.git", "https://"), ("ext::sh -c touch% x", "'ext::'"), ("git+ext::sh", "'ext::'"),
        ("https://user:secret@example.org/x.git", "auth=env:NAME"),
        ("https://token@example.org/x.git", "auth=env:NAME"),
        ("git+https://u:secret@example.org/x", "auth=env:NAME"), ("ssh://me:secret@example.org/x", "key"),
        ("git+https://example.org/x?y", "ref=NAME"), ("git+file://PATH/folder", "folder"),
        ("git@-oProxyCommand=x:y", "git@host:path"), ("-oX=y@example.org:x", "git@host:path"),
        ("ssh://-oProxyCommand=x/y", "ssh://user@host"), ("ssh://example.org:x/y", "port"),
        ("ssh://example.org:0/y", "port"),
        ("git@example.org:-x", "git@host:path"), ("git@example.org:", "git@host:path"),
        ("ssh://example.org/", "git@host:path"),
        ("ssh://a;b@example.org/x", "user"), ("git@exam ple.org:x", "git@host:path"), ("ssh://[::1/x", "host"),
        ("https://github.com/o/r/tree/main/docs/x", "https://github.com/o/r --arg ref=main --arg path=docs/x"),
        ("https://gitlab.com/o/r/-/tree/v1", "https://gitlab.com/o/r --arg ref=v1"),
    ])
    func whatIsMeantForGitAndDangerousIsRefused(_ text: String, _ words: String) async {
        let text = text.replacing("PATH", with: folder.path)
        let error = await #expect(throws: OVError.self) { try await recognise(text) }
        #expect(error?.code == .invalidURI)
        let said = (error?.message ?? "") + " " + (error?.hint ?? "")
        #expect(said.contains(words) && !said.contains("secret"), "\(said)")
    }

    @Test func aPlainFolderIsNoRepositoryEvenWhenTheUserSaysSo() async {
        let error = await #expect(throws: OVError.self) { try await recognise("folder", named: true) }
        #expect(error?.hint?.contains("as a folder") == true)
    }
}
