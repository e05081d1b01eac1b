// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import OVTestTraits
import Testing

/// A site that is edited at random: what is held after each refresh is what a fresh start would bring.
@Suite(.inTurn) struct SitePropertyTests {
    private static let targets = (0..<14).map { "/\(["", "x/", "x/y/"][$0 % 3])p\($0)" }

    /// What a site has, made anew in each round from what it had.
    private struct Model {
        var pages: [String: TestSite.Page] = ["/": .hub(["/p0"])]
        var broken: Set<String> = []

        mutating func edit(_ random: inout SeededGenerator, round: Int) {
            for target in targets where random.isTrue(oneIn: 4) {
                switch Int.random(in: 0..<10, using: &random) {
                case 0...1: pages[target] = nil
                case 2: pages[target] = .redirect(random.pick(targets.filter { $0 != target }))
                case 3:
                    let other = random.pick(targets)
                    pages[target] = .html("\(round)", head: "<link rel=canonical href='\(other)'>")
                case 4: pages[target] = .init("# \(round) [x](\(random.pick(targets)))\n", type: "text/markdown")
                default: pages[target] = page(&random, round)
                }
            }
            if random.isTrue(oneIn: 3) { pages["/"] = page(&random, round) }
        }

        private func page(_ random: inout SeededGenerator, _ round: Int) -> TestSite.Page {
            let links = (0..<Int.random(in: 0...5, using: &random)).map { _ in random.pick(targets) }
            return .html("round \(round) " + links.map { "<a href='\($0)'>x</a>" }.joined(separator: " "))
        }

        /// With a few pages that fail for a time.
        var served: [String: TestSite.Page] {
            pages.merging(broken.map { ($0, TestSite.Page("", status: 500)) }) { _, broken in broken }
        }
    }

    @Test(arguments: 1...12, [false, true])
    func incrementalRunsEqualFullOnes(_ seed: Int, _ hasSitemap: Bool) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let (kit, site) = (try WebKit(), try TestSite())
        let source = Source.local("site", site.origin + "/", ["depth": "4"])
        var (model, held) = (Model(), HeldDocuments())
        for round in 1...15 {
            model.edit(&random, round: round)
            if hasSitemap {
                model.pages["/sitemap.xml"] = site.sitemap(model.pages.keys.filter { $0 != "/sitemap.xml" }.sorted())
            }
            site.set(model.pages)
            let truth = try await kit.site.record(source).texts
            // A few pages fail for a time: nothing is lost that is there.
            if random.isTrue(oneIn: 2) {
                model.broken = Set((0..<2).map { _ in random.pick(Self.targets) })
                site.set(model.served)
                if let record = try? await kit.site.record(source, validators: held.validators) {
                    let before = held.texts
                    held.apply(record)
                    for path in truth.keys where before[path] != nil {
                        #expect(held.texts[path] != nil, "seed \(seed), round \(round): lost \(path)")
                    }
                }
                model.broken = []
                site.set(model.pages)
            }
            held.apply(try await kit.site.record(source, validators: held.validators))
            let different = Set(held.texts.keys).union(truth.keys).filter { held.texts[$0] != truth[$0] }.sorted()
            #expect(
                different.isEmpty, "seed \(seed), round \(round): \(different.map { ($0, held.texts[$0], truth[$0]) })")
        }
    }
}
