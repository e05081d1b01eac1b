// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// Random trees under random rules, against the `git` that is installed.
@Suite(.inTurn) struct IgnoreComparisonTests {
    private static let names = ["a", "b", "ab", "a.md", "b.o", "build", "x y", "a-b", "[a]", "a+b", ".hidden"]
    private static let patterns = [
        "a", "b/", "/a", "/a/", "a/b", "*.o", "!*.o", "a*", "*b", "?", "[ab]", "[!a]", "**", "**/a", "a/**", "a/**/b",
        "/*", "!/a", "!a/", "*", "!b", "build/", "!build/", "ab/*", "!ab/a.md", "x y", "x\\ y", "\\[a\\]", "a.*",
        "*.md", "!a.md", "[[:alpha:]]", "**/build/**", "a?b", "*/a", "*/b/", "/**/ab", ".*", "!.hidden", "a**b", "***",
        "# a", "", "  ", "a  ", "/b*", "[a-]", "[^b]b", "{a,b}",
    ]

    @Test(arguments: 1...60)
    func agreesWithGit(_ seed: Int) async throws {
        let folder = try TemporaryFolder()
        guard Self.lines(of: "git init -q '\(folder.path)'") != nil else {
            print("skipped: there is no git to compare with")
            return
        }
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<60 {
            let path = (0...Int.random(in: 0..<4, using: &random)).map { _ in random.pick(Self.names) }
            // What is a file already cannot be a folder as well.
            try? folder.write(path.joined(separator: "/"), "")
        }
        for place in ["", "a/", "build/", "a/b/"] where place.isEmpty || random.isTrue(oneIn: 2) {
            let rules = (0..<Int.random(in: 1...6, using: &random)).map { _ in random.pick(Self.patterns) }
            try? folder.write(place + ".gitignore", rules.joined(separator: "\n"))
        }
        if random.isTrue(oneIn: 2) { try folder.write(".git/info/exclude", random.pick(Self.patterns)) }
        let expected = try #require(
            Self.lines(of: "cd '\(folder.path)' && HOME=/nonexistent git ls-files -o --exclude-standard -z"))
        let source = Source(fetcher: "folder", location: folder.path)
        let paths = try await FolderFetcher(clock: LateClock()).record(source).paths
        #expect(Set(paths) == Set(expected), "seed \(seed)")
    }

    /// What a command writes, cut at zero bytes; nil when it fails.
    private static func lines(of command: String) -> [String]? {
        guard let pipe = popen(command + " 2>/dev/null", "re") else { return nil }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, pipe)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        guard pclose(pipe) == 0 else { return nil }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
