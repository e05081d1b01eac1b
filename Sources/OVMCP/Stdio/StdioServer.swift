// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVSystem

/// The server on a pair of pipes, a message a line: how a client starts it as a program of its own.
///
/// It ends at the end of its input: what was read and is quick is answered, then it is over, whatever else goes on.
package struct StdioServer: Sendable {
    package struct Limits: Hashable, Sendable {
        package var messageBytes = IncomingMessage.maximumLength
        /// Bytes of answers that nobody has read; from there on nothing more is taken in.
        package var unreadBytes = 16 << 20
        /// How long answers may take once the input has ended, and how long it may then take to write them.
        package var grace = Milliseconds(500)
        package var flushing = Milliseconds.seconds(1)

        package init() {}
    }

    private static let chunk = 64 << 10

    private let server: MCPServer
    private let caller: Caller
    private let limits: Limits
    private let input: Descriptor
    private let output: Descriptor
    private let outbox: Outbox
    private let inFlight = RequestsInFlight()
    private let session = Session()
    private let ending = Latch()
    /// One thread reads, one writes: both block.
    private let threads = ThreadPool(count: 2)
    private let (stopReading, stopWriting): (WakeUp, WakeUp)

    /// - Throws: `SystemError`.
    package init(
        _ server: MCPServer, as caller: Caller, input: Descriptor, output: Descriptor, limits: Limits = Limits()
    ) throws(SystemError) {
        self.server = server
        self.caller = caller
        self.limits = limits
        self.input = input
        self.output = output
        outbox = Outbox(bound: limits.unreadBytes)
        (stopReading, stopWriting) = (try WakeUp(), try WakeUp())
    }

    /// Ends it as the end of its input would.
    package func stop() { stopReading.signal() }

    /// Answers until the input ends, somebody stops it, or nobody reads any more.
    package func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await write() }
            group.addTask { await converse() }
            await group.waitForAll()
        }
    }

    private func converse() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await follow() }
            await read(&group)
            ending.open()
            await race({ await inFlight.waitUntilEmpty() }, against: limits.grace)
            group.cancelAll()
        }
        outbox.close()
    }

    /// Runs something until it ends or the time is up.
    private func race(_ body: @escaping @Sendable () async -> Void, against limit: Milliseconds) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await body() }
            group.addTask { try? await server.clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: Reading

    private func read(_ group: inout DiscardingTaskGroup) async {
        var lines = LineSplitter(limit: limits.messageBytes)
        while let bytes = await chunk(), !bytes.isEmpty {
            for piece in lines.add(bytes) {
                guard await waitForRoom() else { return }
                await take(piece, &group)
            }
        }
        for piece in lines.finish() { await take(piece, &group) }
    }

    /// Waits until the client has read enough. One that does not is noticed all the same when it goes away.
    /// - Returns: false when there is nobody to wait for.
    private func waitForRoom() async -> Bool {
        guard !outbox.hasRoom else { return true }
        guard let roomIsThere = try? WakeUp() else { return false }
        return await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await outbox.waitForRoom()
                roomIsThere.signal()
            }
            let isOver = await withTaskExecutorPreference(threads) {
                (try? input.waitForHangUp(unless: stopReading, roomIsThere)) ?? true
            }
            let hasRoom = outbox.hasRoom && !isOver
            group.cancelAll()
            return hasRoom
        }
    }

    /// Empty at the end; nil when it was stopped, or cannot be read.
    private func chunk() async -> [UInt8]? {
        await withTaskExecutorPreference(threads) { try? input.readSome(Self.chunk, unless: stopReading) }
    }

    private func take(_ piece: LineSplitter.Piece, _ group: inout DiscardingTaskGroup) async {
        guard case .line(let line) = piece else {
            let message = "a message may have at most \(limits.messageBytes) bytes"
            return outbox.put(.failure(nil, .invalidRequest(message)))
        }
        do throws(MalformedMessage) {
            let json = try IncomingMessage.json(line)
            if let batch = json.array, session.version?.hasBatches == true {
                await take(batch: batch, &group)
            } else {
                await take(try IncomingMessage(json), &group)
            }
        } catch {
            outbox.put(.failure(error.id, error.error))
        }
    }

    private func take(_ message: IncomingMessage, _ group: inout DiscardingTaskGroup) async {
        switch message {
        case .response: return
        case .notification(let method, let params):
            guard method == "notifications/cancelled", let id = params["requestId"].flatMap({ RequestID($0) }) else {
                return
            }
            inFlight.cancel(id)
        case .request(let request):
            await inFlight.waitForRoom()
            let origin = origin()
            do throws(RPCError) {
                let call = try accept(request, origin)
                guard !call.method.runsInOrder else { return await answer(call) }
                group.addTask { await answer(call) }
            } catch {
                outbox.put(.failure(request.id, error))
            }
        }
    }

    private func origin() -> CallOrigin {
        CallOrigin(
            caller: caller, session: session, cancellation: Latch(), ending: ending, ready: outbox.waitForRoom,
            emit: outbox.put)
    }

    private func accept(_ request: IncomingRequest, _ origin: CallOrigin) throws(RPCError) -> Call {
        let call = try server.prepare(request, nil, origin)
        switch inFlight.begin(request.id, isSlow: call.method.isSlow(request.params), origin.cancellation) {
        case .accepted: return call
        case .duplicate: throw .invalidRequest("a request with this id is being answered")
        case .full: throw .tooBusy
        }
    }

    private func answer(_ call: Call) async {
        let answer = await server.answer(call)
        if let answer { outbox.put(answer) }
        inFlight.end(call.id)
    }

    /// Several messages of which the answers come together.
    private func take(batch: [JSONValue], _ group: inout DiscardingTaskGroup) async {
        guard !batch.isEmpty else {
            return outbox.put(.failure(nil, .invalidRequest("a batch has at least one message")))
        }
        group.addTask {
            var answers: [OutgoingMessage] = []
            for json in batch { if let answer = await answer(inBatch: json) { answers.append(answer) } }
            guard !answers.isEmpty else { return }
            var writer = JSONWriter()
            writer.array { json in for answer in answers { answer.write(to: &json) } }
            outbox.put(line: writer.bytes)
        }
    }

    private func answer(inBatch json: JSONValue) async -> OutgoingMessage? {
        let request: IncomingRequest
        do throws(MalformedMessage) {
            guard case .request(let message) = try IncomingMessage(json) else { return nil }
            request = message
        } catch {
            return .failure(error.id, error.error)
        }
        do throws(RPCError) {
            let call = try accept(request, origin())
            defer { inFlight.end(request.id) }
            return await server.answer(call)
        } catch {
            return .failure(request.id, error)
        }
    }

    // MARK: Writing

    private func write() async {
        while let bytes = await outbox.next() {
            let isWritten = await withTaskGroup(of: Bool?.self) { group in
                group.addTask { await put(bytes) }
                group.addTask {
                    // Once it is over, nobody is waited for.
                    await ending.wait()
                    try? await server.clock.sleep(for: limits.grace)
                    try? await server.clock.sleep(for: limits.flushing)
                    if !Task.isCancelled { stopWriting.signal() }
                    return nil
                }
                var isWritten = false
                for await result in group {
                    guard let result else { continue }
                    isWritten = result
                    group.cancelAll()
                }
                return isWritten
            }
            guard isWritten else { break }
        }
        outbox.close()
        stopReading.signal()
    }

    private func put(_ bytes: [UInt8]) async -> Bool {
        await withTaskExecutorPreference(threads) {
            (try? output.writeAll(bytes, unless: stopWriting)) ?? false
        }
    }

    // MARK: Notifications

    /// Tells the session what changes, from its handshake on.
    private func follow() async {
        await session.handshake.wait()
        guard !Task.isCancelled else { return }
        let feed = UpdateFeed(
            plane: server.plane, caller: caller, clock: server.clock, interest: { session.interest }
        ) { notice in
            await outbox.waitForRoom()
            outbox.put(notice.message())
        }
        await feed.run()
    }
}
