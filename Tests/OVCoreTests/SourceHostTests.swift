// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@Suite(.inTurn) struct SourceHostTests {
    @Test(arguments: [
        ("url", "https://example.com/guide.md", "example.com"),
        ("url", "https://Example.COM:8443/guide.md", "example.com"),
        ("url", "http://ada:secret@example.com./a?b@c", "example.com"),
        ("url", "https://example.com?x=http://other", "example.com"),
        ("url", "http://[2001:db8::1]:8080/", "2001:db8::1"),
        ("git", "ssh://git@forge.example:22/team/docs.git", "forge.example"),
        ("git", "git@forge.example:team/docs.git", "forge.example"),
        ("git", "forge.example:team/docs.git", "forge.example"),
        ("git", "https://forge.example/team/docs.git", "forge.example"),
        ("git", "/srv/docs.git", nil),
        ("git", "./a:b", nil),
        ("folder", "/srv/docs", nil),
        ("folder", "/srv/a@b:c", nil),
        ("file", "file:///srv/a.md", nil),
        ("notes", "notes:all", nil),
        ("notes", "team/x@y:all", nil),
        ("url", "https://", nil),
        ("url", "://x", nil),
        ("url", "http://[", nil),
        ("url", "", nil),
        ("url", ":", nil),
    ])
    func `the host of a source is the machine that answers`(fetcher: String, location: String, host: String?) {
        #expect(Source(fetcher: fetcher, location: location).host == host)
    }
}
