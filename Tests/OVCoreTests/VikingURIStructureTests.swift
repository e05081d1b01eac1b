// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct VikingURIStructureTests {
    private static func uri(_ text: String) throws -> VikingURI { try VikingURI(parsing: text, user: "ada") }

    @Test(
        "The parent is one level up, and the root has none",
        arguments: [
            ("viking://resources/a/b", "viking://resources/a"),
            ("viking://resources/a", "viking://resources"),
            ("viking://resources/a/\u{301}b", "viking://resources/a"),
            ("viking://resources", "viking://"),
            ("viking://user/ada/resources", "viking://user/ada"),
            ("viking://user/ada", "viking://user"),
            ("viking://user", "viking://"),
            ("viking://", nil),
        ])
    func parent(of text: String, is expected: String?) throws {
        #expect(try Self.uri(text).parent?.text == expected)
    }

    @Test("A parent has the scope that parsing it gives")
    func parentScope() throws {
        var next: VikingURI? = try Self.uri("viking://user/ada/resources/a/b")
        var scopes: [VikingURI.Scope] = []
        while let uri = next {
            scopes.append(uri.scope)
            next = uri.parent
        }
        #expect(
            scopes == [
                .user("ada"), .user("ada"), .user("ada"), .container, .container, .container,
            ])
    }

    @Test(
        "What follows an ancestor is whole segments of it",
        arguments: [
            ("viking://resources/docs/a/b.md", "viking://resources/docs", "a/b.md"),
            ("viking://resources/docs", "viking://resources/docs", ""),
            ("viking://resources/docs2", "viking://resources/docs", nil),
            ("viking://resources", "viking://resources/docs", nil),
            ("viking://resources/docs", "viking://", "resources/docs"),
            ("viking://", "viking://", ""),
            ("viking://resources/docs/\u{301}a", "viking://resources/docs", "\u{301}a"),
            ("viking://user/bob/resources/x", "viking://user", "bob/resources/x"),
        ])
    func relativePath(of text: String, to ancestor: String, is expected: String?) throws {
        let (uri, ancestor) = (try Self.uri(text), try Self.uri(ancestor))
        let path = uri.relativePath(to: ancestor)
        #expect(path == expected)
        #expect(uri.isWithin(ancestor) == (expected != nil))
        if let path { #expect(ancestor.appending(path: path) == uri) }
    }

    @Test(
        "Segments and name are what stands between the slashes",
        arguments: [
            ("viking://", [], ""),
            ("viking://resources/a b/c.md", ["resources", "a b", "c.md"], "c.md"),
            ("viking://resources/x/\u{301}y", ["resources", "x", "\u{301}y"], "\u{301}y"),
        ])
    func segments(of text: String, are expected: [String], name: String) throws {
        let uri = try Self.uri(text)
        #expect(uri.segments.map(String.init) == expected)
        #expect(uri.name == name)
    }

    @Test(
        "A resource can have its root below resources/ only",
        arguments: [
            ("viking://", false), ("viking://resources", false), ("viking://resources/a", true),
            ("viking://resources/a/b", true), ("viking://user", false), ("viking://user/ada", false),
            ("viking://user/ada/resources", false), ("viking://user/ada/resources/a", true),
        ])
    func targets(text: String, isTarget: Bool) throws {
        #expect(try Self.uri(text).isTarget == isTarget)
    }

    @Test("Appending to a container finds out the scope")
    func appendingToContainers() throws {
        #expect(VikingURI.root.appending(path: "resources/a").scope == .shared)
        #expect(try Self.uri("viking://user").appending(path: "bob/resources/x").scope == .user("bob"))
        #expect(VikingURI.resources.appending(path: "") == .resources)
    }

    @Test("Order is that of bytes, a folder before what is below it")
    func order() throws {
        let sorted = [
            "viking://", "viking://resources", "viking://resources/B", "viking://resources/a",
            "viking://resources/a/x", "viking://resources/a/y", "viking://resources/ab", "viking://resources/é",
            "viking://user/ada/resources",
        ]
        let uris = try sorted.map(Self.uri)
        #expect(uris.reversed().sorted().map(\.text) == sorted)
    }

    @Test(
        "One segment is one name",
        arguments: [
            ("a", true), ("a b", true), ("~a", true), ("...", true), ("", false), (".", false), ("..", false),
            ("~", false), ("a/b", false), ("a/\u{301}b", false), ("a\tb", false), ("\u{9B}", false),
        ])
    func segment(text: String, isSegment: Bool) {
        #expect(VikingURI.isSegment(text) == isSegment)
    }

    @Test(
        "Whatever is parsed out of random pieces is canonical and climbs to the root",
        arguments: 0..<200 as Range<UInt64>)
    func randomAddresses(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "viking://", "resources", "user", "/", "~", "..", ".", "\u{301}", "e", "\u{0}", "\r\n", "é", "%2F", "a",
        ]
        for _ in 0..<50 {
            let count = Int.random(in: 0...8, using: &random)
            var text = Bool.random(using: &random) ? "viking://resources/" : "viking://"
            for _ in 0..<count { text += pieces.randomElement(using: &random) ?? "" }
            guard let uri = try? VikingURI(parsing: text, user: "ada") else { continue }
            #expect(VikingURI(canonical: uri.text) == uri)
            #expect(uri.segments.allSatisfy { VikingURI.isSegment(String($0)) })
            var (climber, steps): (VikingURI?, Int) = (uri, 0)
            while let parent = climber?.parent {
                climber = parent
                steps += 1
            }
            #expect(climber == .root && steps == uri.segments.count, "\(text.debugDescription)")
        }
    }
}
