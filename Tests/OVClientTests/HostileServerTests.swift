// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestSupport
import OVTestTraits
import Testing

@testable import OVClient

/// A server may be anything: the client says what is wrong, within bounds, and does nothing twice.
@Suite(.inTurn, .timeLimit(.minutes(5))) struct HostileServerTests {
    private static func answer(
        to request: @escaping @Sendable (RemotePlane) async throws -> Void = {
            _ = try await $0.watches(.init(), as: .local)
        },
        clock: any WallClock = SystemClock(), _ script: @escaping ScriptedServer.Script
    ) async throws -> (error: OVError?, requests: [ScriptedServer.Request]) {
        let server = try ScriptedServer(script)
        let connection = ServerConnection(
            to: try ServerAddress(url: server.origin), as: .init(key: "k"), clock: clock)
        let plane = RemotePlane(over: connection, random: SystemRandomSource())
        var failure: OVError?
        do { try await request(plane) } catch { failure = error as? OVError }
        await connection.close()
        return (failure, server.requests.filter { $0.target != "/health" })
    }

    @Test(arguments: [
        "", "<html>", "{}", "[]", #"{"status":"ok"}"#, #"{"result":null}"#, #"{"result":{"tasks":[]}}"#,
        #"{"result":{"tasks":{},"total":0}}"#, #"{"result":{"tasks":[{}],"total":1}}"#,
        #"{"result":{"tasks":[],"total":-1}}"#, #"{"result":{"tasks":[],"total":1e99}}"#,
        #"{"result":{"tasks":[],"total":"1"}}"#, #"{"result":{"tasks":[],"total":0}} more"#,
        #"{"result":{"tasks":[],"total":0,"next_cursor":7}}"#, "{\"result\":\"\u{1}\"}",
        String(repeating: "[", count: 100_000), #"{"a":"# + String(repeating: "[", count: 100_000),
    ])
    func `an answer that is none of ours is said to be none`(body: String) async throws {
        let (error, requests) = try await Self.answer { _ in [.answer(200, [], body)] }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("answered something that is no ov answer") == true, "\(error?.message ?? "")")
        #expect(requests.count == 1)
    }

    @Test func `a server of another version is named as the cause`() async throws {
        let (error, _) = try await Self.answer { request in
            [.answer(200, [], request.target == "/health" ? #"{"version":"99.1"}"# : #"{"result":7}"#)]
        }
        #expect(error?.hint?.contains("99.1") == true, "\(error?.hint ?? "")")
    }

    @Test(arguments: [
        (400, "INVALID_ARGUMENT", OVError.Code.contradictoryArguments),
        (422, "INVALID_ARGUMENT", .invalidArgument), (404, "NOT_FOUND", .notFound),
        (401, "UNAUTHENTICATED", .unauthenticated), (429, "RESOURCE_EXHAUSTED", .resourceExhausted),
        (503, "UNAVAILABLE", .unavailable), (500, "INTERNAL", .internal),
    ])
    func `an error keeps its code, its words and its facts`(status: Int, name: String, code: OVError.Code) async throws
    {
        let (error, _) = try await Self.answer { _ in
            let words = #""code":"\#(name)","message":"m","hint":"h","details":{"a":[1,null]}"#
            return [.answer(status, [], #"{"status":"error","error":{\#(words)}}"#)]
        }
        #expect(error == OVError(code, "m", hint: "h", details: ["a": .array([.integer(1), .null])]))
    }

    @Test(arguments: [
        (502, "<html>"), (404, "nothing"), (500, #"{"error":{"code":"NO_SUCH","message":"m"}}"#), (418, "{}"),
    ])
    func `an error of somebody else is not taken for one of ours`(status: Int, body: String) async throws {
        let (error, _) = try await Self.answer { _ in [.answer(status, [], body)] }
        #expect(error?.code == .unavailable && error?.message.contains("status \(status)") == true)
    }

    /// The HTTP client would end the process.
    @Test(arguments: [
        "HTTP/1.1 000 No\r\n\r\n", "HTTP/1.1 099 No\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nx",
    ])
    func `an answer whose status is none is an error`(answer: String) async throws {
        for end in [ScriptedServer.Step.close, .reset] {
            let (error, _) = try await Self.answer { _ in [.send(answer), end] }
            #expect(error?.code == .unavailable, "\(String(describing: error))")
        }
        let (error, _) = try await Self.answer(to: { plane in
            for try await _ in try await plane.updates(ofTask: Self.task, as: .local) {}
        }) { _ in [.send(answer), .close] }
        #expect(error?.code == .unavailable, "\(String(describing: error))")
    }

    private static let task = "7f02e980-8df9-4f27-a570-4d8428cbed8a"

    /// Bytes of an answer on a connection that rests, on which the next question goes out.
    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad", "HTTP/1.1 000 No\r\n\r\n", "x", "\r\n\r\n",
    ])
    func `what nobody asked for ends no process`(more: String) async throws {
        let good = #"{"status":"ok","result":{"tasks":[],"total":0}}"#
        for steps in [[ScriptedServer.Step.send(more)], [.pause(10), .send(more)]] {
            let (error, requests) = try await Self.answer(to: { plane in
                for _ in 0..<4 { _ = try await plane.watches(.init(), as: .local) }
            }) { _ in [.answer(200, [], good)] + steps }
            // Whether it is in time for the next question is up to the kernel.
            #expect(error == nil || error?.code == .unavailable, "\(String(describing: error))")
            #expect(!requests.isEmpty)
        }
    }

    @Test(arguments: [301, 302, 307, 308])
    func `nobody is sent elsewhere, with a key in hand`(status: Int) async throws {
        let other = try ScriptedServer { _ in [.answer(200, [], #"{"result":{"tasks":[],"total":0}}"#)] }
        let (error, requests) = try await Self.answer { _ in
            [.answer(status, [("Location", other.origin + "/api/v1/watches")])]
        }
        #expect(error?.code == .unavailable && error?.message.contains(other.origin) == true)
        #expect(requests.first?.headers["x-api-key"] == "k")
        #expect(other.requests.isEmpty)
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{", "HTTP/1.1 200 OK\r\nContent-Le", "", "SSH-2.0-x\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ])
    func `an answer that is cut off is no answer`(text: String) async throws {
        let (error, requests) = try await Self.answer { _ in [.send(text), .close] }
        #expect(error?.code == .unavailable, "\(String(describing: error))")
        #expect(requests.count <= 2)
    }

    @Test func `what changes something is sent once, whatever becomes of it`() async throws {
        let (error, requests) = try await Self.answer(
            to: {
                _ = try await $0.updateWatch(WatchKey(uri: "viking://resources/a"), .init(isActive: true), as: .local)
            }
        ) { _ in [.reset] }
        #expect(error?.hint?.contains("may have been done") == true, "\(error?.hint ?? "")")
        #expect(requests.count == 1)
    }

    @Test func `more than fits is refused before it has come`() async throws {
        let (error, _) = try await Self.answer { _ in
            [.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"), .hang]
        }
        #expect(error?.code == .unavailable && error?.message.contains("MiB") == true)
        let (endless, _) = try await Self.answer { _ in
            [.send("HTTP/1.1 500 No\r\n\r\n"), .sendForever([UInt8](repeating: 32, count: 65_536))]
        }
        #expect(endless?.message.contains("MiB") == true, "\(String(describing: endless))")
    }

    @Test func `a server that says nothing is given up`() async throws {
        let (error, _) = try await Self.answer(clock: ImpatientClock()) { _ in [.hang] }
        #expect(error?.code == .unavailable && error?.message.contains("in time") == true)
    }

    @Test func `no server at the address says what to do`() async throws {
        var server: ScriptedServer? = try ScriptedServer { _ in [.close] }
        let origin = try #require(server?.origin)
        server = nil
        let connection = ServerConnection(to: try ServerAddress(url: origin), as: .init(), clock: SystemClock())
        let plane = RemotePlane(over: connection, random: SystemRandomSource())
        let error = await #expect(throws: OVError.self) { try await plane.health() }
        #expect(error?.code == .unavailable && error?.message.hasPrefix("no server answers at \(origin)") == true)
        #expect(error?.hint?.contains("ov serve") == true)
        await connection.close()
    }

    @Test func `an execution is followed by events where there are some, and by asking else`() async throws {
        let id = Self.task
        func task(_ status: String) -> String {
            #"{"task_id":"\#(id)","task_type":"add_resource","status":"\#(status)","stage":"queued","#
                + #""progress":{"documents":0,"bytes":0},"resource_id":"viking://resources/a","watch_id":null,"#
                + #""trigger":"create","scheduled_for":null,"created_at":1.5,"updated_at":2,"started_at":null,"#
                + #""finished_at":null,"result":null,"error":null}"#
        }
        let (running, done) = (task("running"), task("completed"))
        for (events, isEndless) in [
            ("event: began\ndata: {}\n\n: hello\n\nevent: task\r\ndata: \(done)\r\n\r\n", true), ("", false),
        ] {
            let statuses = StatusCollector()
            let (error, requests) = try await Self.answer(
                to: { plane in
                    for try await view in try await plane.updates(ofTask: id, as: .local) {
                        statuses.add(view.status)
                    }
                }
            ) { request in
                guard request.target.contains("/events") else {
                    let isFirst = !statuses.hasAny
                    return [.answer(200, [], #"{"status":"ok","result":\#(isFirst ? running : done)}"#)]
                }
                guard isEndless else { return [.answer(404, [], "{}")] }
                return [.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + events), .hang]
            }
            #expect(error == nil)
            #expect(statuses.all == [.running, .completed])
            #expect(requests.count == (isEndless ? 2 : 3))
        }
    }
}

/// For whom all waiting is over at once.
private struct ImpatientClock: WallClock {
    func now() -> Timestamp { Timestamp(milliseconds: 0) }
    func sleep(for duration: Milliseconds) async throws {}
}
