// SPDX-License-Identifier: Apache-2.0

import OVFuzzTargets
import OVTestSupport
import OVTestTraits
import Testing

/// What fuzzing has found once stays found: the inputs in `fixtures/fuzz` are read again, and altered a little.
///
/// `Tests/Fuzz/run` is what finds new ones.
@Suite(.inTurn) struct FuzzCorpusTests {
    private static let names = FuzzTarget.all.map(\.name)
    private static let mutations = 1500
    private static let time = Duration.milliseconds(700)

    @Test(arguments: names) func readsAllThatIsKept(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let corpus = try FuzzCorpus(of: target)
        #expect(!corpus.inputs.isEmpty, "fixtures/fuzz has nothing for \(name)")
        for input in corpus.inputs { expectNothing(of: target, input.bytes, input.name) }
    }

    @Test(arguments: names) func readsWhatIsAltered(_ name: String) throws {
        let target = try #require(FuzzTarget.named(name))
        let corpus = try FuzzCorpus(of: target)
        // The same ones each time; a slow machine sees fewer of them.
        var mutator = FuzzMutator(seed: 1, corpus: corpus.inputs.map(\.bytes), maximumLength: target.maximumLength)
        let clock = ContinuousClock()
        let start = clock.now
        for number in 0..<Self.mutations where clock.now - start < Self.time {
            expectNothing(of: target, mutator.next(), "mutation \(number)")
        }
    }

    @Test func namesAreDistinct() {
        #expect(Set(Self.names).count == Self.names.count)
        #expect(FuzzTarget.named("none") == nil)
    }

    private func expectNothing(of target: FuzzTarget, _ bytes: [UInt8], _ what: String) {
        do {
            try target.run(bytes)
        } catch {
            Issue.record("\(target.name), \(what): \(error); input \(bytes.prefix(2000))")
        }
    }
}
