// SPDX-License-Identifier: Apache-2.0

import OVSearch
import OVTestSupport
import OVTestTraits
import Testing

@Suite(.inTurn) struct LineDiffTests {
    /// What the old numbers become when the changes are made to them.
    private func applied(_ diff: LineDiff, _ old: [Int], _ new: [Int]) -> [Int] {
        var (result, position): ([Int], Int) = ([], 0)
        for change in diff.changes {
            result += old[position..<change.old.lowerBound]
            result += new[change.new]
            position = change.old.upperBound
        }
        return result + old[position...]
    }

    /// The fewest lines that come and go, by the quadratic table.
    private func fewest(_ old: [Int], _ new: [Int]) -> Int {
        var row = Array(repeating: 0, count: new.count + 1)
        for line in old {
            var diagonal = 0
            for (index, other) in new.enumerated() {
                let above = row[index + 1]
                row[index + 1] = line == other ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return old.count + new.count - 2 * (row.last ?? 0)
    }

    @Test(
        "a diff leads from the old text to the new one, and none is shorter", arguments: 1...200 as ClosedRange<UInt64>)
    func shortest(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let kinds = Int.random(in: 1...12, using: &random)
        let old = (0..<Int.random(in: 0...40, using: &random)).map { _ in Int.random(in: 0...kinds, using: &random) }
        var new = old
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            switch Int.random(in: 0...2, using: &random) {
            case 0 where !new.isEmpty: new.remove(at: Int.random(in: 0..<new.count, using: &random))
            case 1:
                new.insert(Int.random(in: 0...kinds, using: &random), at: Int.random(in: 0...new.count, using: &random))
            default: new.shuffle(using: &random)
            }
        }
        let diff = LineDiff(old, new)
        #expect(applied(diff, old, new) == new)
        #expect(diff.isShortest)
        #expect(diff.addedLines + diff.removedLines == fewest(old, new))
    }

    @Test("within few steps it is still right", arguments: 1...60 as ClosedRange<UInt64>)
    func bounded(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let old = (0..<400).map { _ in Int.random(in: 0...300, using: &random) }
        var new = old
        for _ in 0..<150 {
            new.swapAt(Int.random(in: 0..<400, using: &random), Int.random(in: 0..<400, using: &random))
        }
        let diff = LineDiff(old, new, steps: Int.random(in: 0...3000, using: &random))
        #expect(applied(diff, old, new) == new)
        #expect(!diff.isShortest)
        #expect(diff.removedLines < old.count, "lines that stand once on each side are found all the same")
    }

    @Test("texts without anything in common take bounded time")
    func hostile() {
        let diff = LineDiff(Array(0..<100_000), Array(100_000..<200_000))
        #expect(diff.changes == [LineDiff.Change(old: 0..<100_000, new: 0..<100_000)])
        #expect(diff.isShortest)
        var random = SplitMix64(seed: 1)
        let (old, new) = (random.bytes(20_000).map { Int($0 & 7) }, random.bytes(20_000).map { Int($0 & 7) })
        let cut = LineDiff(old, new, steps: 100_000)
        #expect(!cut.isShortest)
        #expect(applied(cut, old, new) == new)
    }

    @Test("a unified diff is what patch reads")
    func unified() {
        let old = LineText("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl")
        let new = LineText("a\nB\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\n")
        let text = UnifiedDiff(old, new).text(LineDiff(old, new).changes, oldName: "a/x\n", newName: "b/x")
        #expect(
            text == """
                --- a/x?
                +++ b/x
                @@ -1,5 +1,5 @@
                 a
                -b
                +B
                 c
                 d
                 e
                @@ -9,4 +9,5 @@
                 i
                 j
                 k
                -l
                \\ No newline at end of file
                +l
                +m

                """)
        let (empty, one) = (LineText(""), LineText("x\n"))
        let added = UnifiedDiff(empty, one).text(LineDiff(empty, one).changes, oldName: "/dev/null", newName: "b")
        #expect(added == "--- /dev/null\n+++ b\n@@ -0,0 +1 @@\n+x\n")
        #expect(UnifiedDiff(one, one).text(LineDiff(one, one).changes, oldName: "a", newName: "b").isEmpty)
    }

    @Test("texts are alike as far as they have lines in common")
    func similarity() {
        let text = TextSimilarity(Array("one\ntwo\nthree\nfour\n".utf8))
        #expect(text.percent(to: text) == 100)
        #expect(text.percent(to: TextSimilarity(Array("four\nthree\ntwo\nfive\n".utf8))) == 76)
        #expect(text.percent(to: TextSimilarity(Array("unlike\n".utf8))) == 0)
        #expect(TextSimilarity([]).percent(to: TextSimilarity([])) == 100)
    }
}
