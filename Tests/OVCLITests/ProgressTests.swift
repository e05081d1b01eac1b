// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import Testing

@testable import OVCLI

@Suite(.inTurn) struct ProgressTests {
    private static func frame(_ progress: TaskRecord.Progress, finished: Int = 0, total: Int = 1) -> ProgressFrame {
        let view = Samples.task(1, status: .running) { $0.progress = progress }
        return ProgressFrame([view], finished: finished, total: total, elapsed: .seconds(5))
    }

    private static let full = String(repeating: "#", count: 30)
    private static let none = String(repeating: "-", count: 30)
    private static let half = full.prefix(15) + none.prefix(15)

    @Test(arguments: [
        (TaskRecord.Progress(documents: 1, bytes: 0), 1, "fetching: 1 document, 5s"),
        (.init(documents: 12, bytes: 4096), 1, "fetching: 12 documents, 4.0 KiB, 5s"),
        (.init(documents: 5, bytes: 0, totalDocuments: 10), 1, "[\(half)] fetching: 5/10 documents, 5s"),
        (.init(documents: 9, bytes: 0, totalDocuments: 3), 1, "[\(full)] fetching: 9/3 documents, 5s"),
        (.init(documents: 2, bytes: 0), 4, "[\(none)] fetching: 0 of 4 runs done, 2 documents, 5s"),
    ])
    func `a frame shows what is known`(progress: TaskRecord.Progress, total: Int, expected: String) {
        #expect(Self.frame(progress, total: total).bar(width: 100) == expected)
        for width in 20...100 { #expect(Self.frame(progress, total: total).bar(width: width).count < width) }
    }

    @Test func `a narrow terminal gets the words, shortened`() {
        #expect(Self.frame(.init(documents: 5, bytes: 0, totalDocuments: 10)).bar(width: 20) == "fetching: 5/10 doc…")
    }

    @Test func `a bar is redrawn at most ten times a second`() {
        var display = ProgressDisplay(form: .bar(width: 80), start: Samples.now)
        let frame = Self.frame(.init(documents: 1, bytes: 0))
        let instants = (0..<100).map { Samples.now.advanced(by: Milliseconds($0 * 10)) }
        #expect(instants.count { display.update(frame, at: $0) != nil } == 10)
        #expect(display.clear() == "\r\u{1B}[K")
        #expect(display.clear() == nil)
    }

    @Test func `without a terminal there is a line every few seconds`() {
        var display = ProgressDisplay(form: .lines, start: Samples.now)
        let frame = Self.frame(.init(documents: 1, bytes: 0))
        let instants = (0..<120).map { Samples.now.advanced(by: Milliseconds($0 * 100)) }
        let lines = instants.compactMap { display.update(frame, at: $0) }
        #expect(lines == Array(repeating: "fetching: 1 document, 5s\n", count: 2))
        #expect(display.clear() == nil)
    }

    @Test func `quiet shows nothing`() {
        var display = ProgressDisplay(form: .hidden, start: Samples.now)
        #expect(display.tick == nil)
        #expect(display.update(Self.frame(.init()), at: Samples.now.advanced(by: .hours(1))) == nil)
    }

    @Test func `what comes after the end of a run is not reported`() {
        var state = RunMonitorState(waitingFor: [Samples.id(1), Samples.id(2)])
        #expect(state.handle(.update(Samples.task(1))) == [.end(Samples.task(1)), .showProgress])
        #expect(state.handle(.update(Samples.task(1))).isEmpty)
        #expect(state.handle(.lost(Samples.id(1), OVError(.internal, "late"))).isEmpty)
        #expect(state.handle(.signal(.interrupt)) == [.cancel([Samples.id(2)])])
        #expect(state.handle(.signal(.terminate)) == [.exitAtOnce(130)])
        #expect(state.handle(.update(Samples.task(2))) == [.end(Samples.task(2)), .stop])
    }
}
