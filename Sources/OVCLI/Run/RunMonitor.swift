// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Waits for runs: shows their progress, passes on signals, gives up after a while.
struct RunMonitor {
    private typealias Event = RunMonitorState.Event

    let context: CommandContext
    let plane: any ControlPlane

    /// Waits until all runs have ended.
    /// - Parameters:
    ///   - timeout: how long at most; nil for as long as it takes.
    ///   - refill: starts others in the place of a run that has ended; nil when the runs are all there are.
    ///   - report: called with each run that ended, when it did.
    /// - Returns: the runs as they ended.
    /// - Throws: `DEADLINE_EXCEEDED`, what made a run unobservable, and a silent exit after a signal.
    @discardableResult
    func wait(
        for runs: [TaskID], timeout: Milliseconds? = nil,
        refill: (@Sendable () async throws -> [TaskID])? = nil, report: @Sendable (TaskView) throws -> Void
    ) async throws -> [TaskView] {
        guard !runs.isEmpty else { return [] }
        let (events, inbox) = AsyncStream.makeStream(of: Event.self)
        let loop = try await withThrowingDiscardingTaskGroup { group in
            for run in Set(runs) { group.addTask { await follow(run, inbox) } }
            group.addTask { await context.signals.watch { inbox.yield(.signal($0)) } }
            var loop = Loop(context: context, runs: runs, refills: refill != nil)
            if let tick = loop.display.tick { group.addTask { await self.tick(every: tick, inbox) } }
            if let timeout { group.addTask { await self.expire(after: timeout, inbox) } }
            defer { group.cancelAll() }
            for await event in events {
                for action in loop.state.handle(event) {
                    switch action {
                    // Apart from the loop, which has to see a second signal meanwhile.
                    case .cancel(let ids): group.addTask { await cancel(ids, inbox) }
                    case .refill: group.addTask { try await inbox.yield(.started(refill?() ?? [])) }
                    case .follow(let ids):
                        for id in ids { group.addTask { await follow(id, inbox) } }
                    default: break
                    }
                    try loop.perform(action, report)
                    if action == .stop { return loop }
                }
            }
            return loop
        }
        return try loop.finish(timeout)
    }

    private func follow(_ run: TaskID, _ inbox: AsyncStream<Event>.Continuation) async {
        do {
            for try await view in try await plane.updates(ofTask: run.description, as: context.caller) {
                inbox.yield(.update(view))
                if view.status.isFinal { return }
            }
            guard !Task.isCancelled else { return }
            inbox.yield(.lost(run, OVError(.internal, "task \(run) is no longer reported, but has not ended")))
        } catch let error as OVError {
            inbox.yield(.lost(run, error))
        } catch is CancellationError {
            return
        } catch {
            inbox.yield(.lost(run, OVError(.internal, "\(error)")))
        }
    }

    private func tick(every interval: Milliseconds, _ inbox: AsyncStream<Event>.Continuation) async {
        while (try? await context.clock.sleep(for: interval)) != nil { inbox.yield(.tick) }
    }

    private func expire(after timeout: Milliseconds, _ inbox: AsyncStream<Event>.Continuation) async {
        guard (try? await context.clock.sleep(for: timeout)) != nil else { return }
        inbox.yield(.timeout)
    }

    private func cancel(_ ids: [TaskID], _ inbox: AsyncStream<Event>.Continuation) async {
        for id in ids {
            do throws(OVError) {
                let view = try await plane.cancelTask(id.description, as: context.caller)
                inbox.yield(.update(view))
            } catch  where error.code == .failedPrecondition || error.code == .notFound {
                // It ended by itself; its last update says so.
                continue
            } catch {
                inbox.yield(.lost(id, error))
            }
        }
    }
}

/// What the loop over events keeps, and how it does what was decided.
private struct Loop {
    let context: CommandContext
    let start: Timestamp
    let runs: [TaskID]
    var state: RunMonitorState
    var display: ProgressDisplay
    var ended: [TaskView] = []
    /// The first run of which nothing more can be known.
    var failure: OVError?

    init(context: CommandContext, runs: [TaskID], refills: Bool) {
        self.context = context
        self.runs = runs
        start = context.clock.now()
        state = RunMonitorState(waitingFor: runs, refills: refills)
        let terminal = context.diagnostics.terminal.flatMap { $0.isCapable ? $0 : nil }
        let form = terminal.map { ProgressDisplay.Form.bar(width: $0.width) } ?? .lines
        display = ProgressDisplay(form: context.settings.isQuiet ? .hidden : form, start: start)
    }

    mutating func perform(_ action: RunMonitorState.Action, _ report: (TaskView) throws -> Void) throws {
        switch action {
        case .refill, .follow: return
        case .showProgress: try write(display.update(frame, at: context.clock.now()))
        case .end(let view):
            try write(display.clear())
            ended.append(view)
            try report(view)
        case .fail(let error):
            try write(display.clear())
            failure = failure ?? error
        case .cancel:
            try write(display.clear())
            try context.note("cancelling; once more ends at once")
        case .exitAtOnce(let status):
            try write(display.clear())
            context.signals.exitAtOnce(status)
            throw SilentExit(status: status)
        case .stop: try write(display.clear())
        }
    }

    private var frame: ProgressFrame {
        ProgressFrame(
            state.latest.values, finished: state.finished, total: state.total,
            elapsed: context.clock.now().since(start))
    }

    private func write(_ text: String?) throws {
        if let text { try context.diagnostics.write(text) }
    }

    /// Throws what the command ends with, if that is not success.
    func finish(_ timeout: Milliseconds?) throws -> [TaskView] {
        if let signal = state.signal { throw SilentExit(status: signal.exitStatus) }
        if let failure { throw failure }
        guard let timeout, let unfinished = runs.first(where: state.waiting.contains) else { return ended }
        throw OVError(
            .deadlineExceeded, "no result within \(timeout.seconds) seconds",
            hint: "see what became of it: `ov task status \(unfinished)`",
            details: ["task_id": .string(unfinished.description)])
    }
}
