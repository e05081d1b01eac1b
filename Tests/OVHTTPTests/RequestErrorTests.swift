// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import OVAPI
import OVCore
import OVEngine
import OVSystem
import OVTestTraits
import Testing

@testable import OVHTTP

/// A request that is refused, and with what.
struct Refusal: Sendable, CustomTestStringConvertible {
    let method: HTTPRequest.Method
    let target: String
    var body: String?
    let status: Int
    let code: String
    /// The wrong fields, where there are any.
    var fields: [String] = []

    init(_ method: HTTPRequest.Method, _ target: String, _ status: Int, _ code: String, _ fields: String...) {
        (self.method, self.target) = (method, target)
        (self.status, self.code, self.fields) = (status, code, fields)
    }

    init(
        _ method: HTTPRequest.Method, _ target: String, _ body: String, _ status: Int, _ code: String,
        _ fields: String...
    ) {
        (self.method, self.target, self.body) = (method, target, body)
        (self.status, self.code, self.fields) = (status, code, fields)
    }

    var testDescription: String { "\(method.rawValue) \(target.prefix(60)) \((body ?? "").prefix(60)): \(status)" }
}

private let unknownID = "00000000-0000-4000-8000-000000000000"

private let refusals: [Refusal] = [
    Refusal(.get, "/", 404, "NOT_FOUND"),
    Refusal(.get, "/api/v1/nothing", 404, "NOT_FOUND"),
    Refusal(.post, "/api/v1/search/nothing", "{}", 404, "NOT_FOUND"),
    Refusal(.get, "/api/v1/watches//", 404, "NOT_FOUND"),
    Refusal(.get, "/api/v1/watches/%ff", 404, "NOT_FOUND"),
    Refusal(.get, "/api/v1/watches/\(unknownID)", 404, "NOT_FOUND"),
    Refusal(.get, "/api/v1/watches/trigger", 404, "NOT_FOUND"),
    Refusal(.get, "/api/v1/tasks/\(unknownID)", 404, "NOT_FOUND"),
    Refusal(.post, "/api/v1/tasks/nonsense/cancel", 404, "NOT_FOUND"),
    Refusal(.delete, "/api/v1/watches/\(unknownID)", 404, "NOT_FOUND"),
    Refusal(.patch, "/api/v1/watches/\(unknownID)", #"{"reason":"x"}"#, 404, "NOT_FOUND"),
    Refusal(.get, "/api/v1/watches?to_uri=viking://resources/none", 404, "NOT_FOUND"),
    Refusal(.put, "/api/v1/watches", 405, "METHOD_NOT_ALLOWED"),
    Refusal(.post, "/api/v1/watches/\(unknownID)", 405, "METHOD_NOT_ALLOWED"),
    Refusal(.delete, "/health", 405, "METHOD_NOT_ALLOWED"),
    // Keys
    Refusal(.patch, "/api/v1/watches", #"{"reason":"x"}"#, 422, "INVALID_ARGUMENT", "query.to_uri missing"),
    Refusal(.delete, "/api/v1/watches", 422, "INVALID_ARGUMENT", "query.to_uri missing"),
    Refusal(.post, "/api/v1/watches/trigger", 422, "INVALID_ARGUMENT", "query.to_uri missing"),
    Refusal(.get, "/api/v1/watches?to_uri=Viking://resources/x", 400, "INVALID_URI"),
    Refusal(.get, "/api/v1/watches?to_uri=https://example.com/x", 400, "INVALID_URI"),
    Refusal(.get, "/api/v1/watches?to_uri=", 400, "INVALID_URI"),
    Refusal(.get, "/api/v1/watches?to_uri=viking://resources/%FF", 400, "INVALID_URI"),
    Refusal(.get, "/api/v1/watches?to_uri=viking://resources/%zz", 400, "INVALID_URI"),
    Refusal(.get, "/api/v1/watches?to_uri=viking://resources/a%00b", 400, "INVALID_URI"),
    Refusal(.get, "/api/v1/watches?to_uri=viking://resources/a//b", 400, "INVALID_URI"),
    Refusal(.get, "/api/v1/fs/ls?uri=viking://resources/../x", 400, "INVALID_URI"),
    // Queries
    Refusal(.get, "/api/v1/watches?active_only=maybe", 422, "INVALID_ARGUMENT", "query.active_only bool_type"),
    Refusal(.get, "/api/v1/watches?limit=many", 422, "INVALID_ARGUMENT", "query.limit int_type"),
    Refusal(.get, "/api/v1/watches?limit=0", 422, "INVALID_ARGUMENT", "query.limit greater_than_equal"),
    Refusal(.get, "/api/v1/watches?cursor=nonsense", 422, "INVALID_ARGUMENT", "query.cursor value_error"),
    Refusal(.get, "/api/v1/watches?nonsense=1", 422, "INVALID_ARGUMENT", "query.nonsense extra_forbidden"),
    Refusal(.get, "/api/v1/watches?limit=1&limit=2", 422, "INVALID_ARGUMENT", "query.limit duplicate"),
    Refusal(.get, "/api/v1/tasks?limit=0", 422, "INVALID_ARGUMENT", "query.limit value_error"),
    Refusal(.get, "/api/v1/tasks?limit=201", 422, "INVALID_ARGUMENT", "query.limit value_error"),
    Refusal(.get, "/api/v1/tasks?status=done", 422, "INVALID_ARGUMENT", "query.status enum"),
    Refusal(.get, "/api/v1/tasks?pagination=pages", 422, "INVALID_ARGUMENT", "query.pagination enum"),
    Refusal(.get, "/api/v1/fs/ls", 422, "INVALID_ARGUMENT", "query.uri missing"),
    Refusal(
        .get, "/api/v1/fs/ls?uri=viking://resources&node_limit=-1", 422, "INVALID_ARGUMENT",
        "query.node_limit greater_than_equal"),
    Refusal(
        .get, "/api/v1/content/read?uri=viking://resources/x&limit=-2", 422, "INVALID_ARGUMENT",
        "query.limit greater_than_equal"),
    Refusal(
        .post, "/api/v1/watches/\(unknownID)/trigger?accept_deletions=x", 422, "INVALID_ARGUMENT",
        "query.accept_deletions uuid_parsing"),
    // Bodies
    Refusal(.post, "/api/v1/resources", "", 422, "INVALID_ARGUMENT", "body missing"),
    Refusal(.post, "/api/v1/resources", "{", 422, "INVALID_ARGUMENT", "body json_invalid"),
    Refusal(.post, "/api/v1/resources", #"{"path":"x",}"#, 422, "INVALID_ARGUMENT", "body json_invalid"),
    Refusal(.post, "/api/v1/resources", #"{"watch_interval":NaN}"#, 422, "INVALID_ARGUMENT", "body json_invalid"),
    Refusal(
        .post, "/api/v1/resources", String(repeating: "[", count: 100_000), 422, "INVALID_ARGUMENT",
        "body json_invalid"),
    Refusal(.post, "/api/v1/resources", "[]", 422, "INVALID_ARGUMENT", "body dict_type"),
    Refusal(.post, "/api/v1/resources", "{}", 422, "INVALID_ARGUMENT", "body.path missing"),
    Refusal(
        .post, "/api/v1/resources", #"{"path":1,"wait":"yes","nonsense":2}"#, 422, "INVALID_ARGUMENT",
        "body.path string_type", "body.wait bool_type", "body.nonsense extra_forbidden"),
    Refusal(
        .post, "/api/v1/resources", #"{"path":"gated:a","to":"viking://resources/a","watch_interval":"5"}"#, 422,
        "INVALID_ARGUMENT", "body.watch_interval float_type"),
    Refusal(
        .post, "/api/v1/resources", #"{"path":"gated:a","to":"viking://resources/a","watch_interval":true}"#, 422,
        "INVALID_ARGUMENT", "body.watch_interval float_type"),
    Refusal(
        .post, "/api/v1/resources", #"{"path":"gated:a","to":"viking://resources/a","watch_interval":-1}"#, 422,
        "INVALID_ARGUMENT", "body.watch_interval greater_than_equal"),
    Refusal(
        .post, "/api/v1/resources", #"{"path":"gated:a","to":"viking://resources/a","watch_interval":5256001}"#, 422,
        "INVALID_ARGUMENT", "body.watch_interval less_than_equal"),
    Refusal(
        .post, "/api/v1/resources", #"{"path":"gated:a","timeout":0}"#, 422, "INVALID_ARGUMENT",
        "body.timeout greater_than"),
    Refusal(
        .post, "/api/v1/resources", #"{"path":"gated:a","args":{"flavour":[1]}}"#, 422, "INVALID_ARGUMENT",
        "body.args.flavour string_type"),
    Refusal(.post, "/api/v1/resources", #"{"path":"gated:a","watch_interval":5}"#, 400, "INVALID_ARGUMENT"),
    Refusal(
        .post, "/api/v1/resources",
        #"{"path":"gated:a","to":"viking://resources/a","parent":"viking://resources"}"#, 400, "INVALID_ARGUMENT"),
    Refusal(
        .post, "/api/v1/resources", #"{"path":"gated:a","temp_file_id":"\#(unknownID)"}"#, 400, "INVALID_ARGUMENT"),
    Refusal(.post, "/api/v1/resources", #"{"temp_file_id":"\#(unknownID)"}"#, 404, "NOT_FOUND"),
    Refusal(.post, "/api/v1/resources", #"{"temp_file_id":"../../etc"}"#, 404, "NOT_FOUND"),
    Refusal(.post, "/api/v1/resources", #"{"path":"gopher://x"}"#, 400, "INVALID_URI"),
    Refusal(.post, "/api/v1/resources", #"{"path":"/etc/hostname"}"#, 403, "PERMISSION_DENIED"),
    Refusal(.post, "/api/v1/resources", #"{"path":"/etc/no-such-file"}"#, 403, "PERMISSION_DENIED"),
    Refusal(
        .post, "/api/v1/resources", #"{"path":"gated:a","allow_private_networks":true}"#, 403, "PERMISSION_DENIED"),
    Refusal(
        .post, "/api/v1/resources", #"{"path":"gated:a","args":{"flavour":"env:HOME"}}"#, 403, "PERMISSION_DENIED"),
    Refusal(.post, "/api/v1/system/wait", #"{"timeout":-1}"#, 422, "INVALID_ARGUMENT", "body.timeout greater_than"),
    Refusal(.post, "/api/v1/resources/temp_upload", "{}", 422, "INVALID_ARGUMENT", "body.file multipart"),
]

@Suite(.inTurn) struct RequestErrorTests {
    @Test(arguments: refusals)
    func `a request is refused, and changes nothing`(refusal: Refusal) async throws {
        try await RestWorld.test { world in
            let answer = try await world.send(refusal.method, refusal.target, refusal.body)
            #expect(answer.status == refusal.status, "\(answer)")
            #expect(answer.code == refusal.code)
            #expect(answer.fieldErrors == refusal.fields)
            #expect(answer.json["status"]?.string == "error")
            #expect(!answer.message.isEmpty)
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.headers[.requestID]?.count == 36)
            let status = try await world.engine.status(as: .local)
            #expect(status.sequence == 0, "nothing may have been committed")
            #expect((try? FileStatus(of: world.home + "/state.json.gz")) == nil)
        }
    }

    @Test func `a wrong update tells all that is wrong with it and leaves the watch as it was`() async throws {
        try await RestWorld.test { world in
            let id = try await world.ingestDocs()
            let before = try await world.get("/api/v1/watches/\(id)").text
            let bodies: [(String, [String])] = [
                (#"{"watch_interval":0}"#, ["body.watch_interval greater_than"]),
                (#"{"watch_interval":-5,"reason":"x"}"#, ["body.watch_interval greater_than"]),
                (#"{"watch_interval":"5"}"#, ["body.watch_interval float_type"]),
                (#"{"watch_interval":1e999}"#, ["body json_invalid"]),
                (#"{"is_active":1}"#, ["body.is_active bool_type"]),
                (#"{"is_active":"true","reason":1}"#, ["body.is_active bool_type", "body.reason string_type"]),
                (#"{"path":"x"}"#, ["body.path extra_forbidden"]),
                (#"{"to_uri":"viking://resources/x"}"#, ["body.to_uri extra_forbidden"]),
            ]
            for (body, fields) in bodies {
                let answer = try await world.send(.patch, "/api/v1/watches/\(id)", body)
                #expect(answer.status == 422 && answer.fieldErrors == fields, "\(body): \(answer)")
            }
            let zero = try await world.send(.patch, "/api/v1/watches/\(id)", #"{"watch_interval":0}"#)
            #expect(zero.message.contains("is_active=false"))
            #expect(try await world.get("/api/v1/watches/\(id)").text == before)
        }
    }

    @Test func `a field that nobody knows is compared with those that there are, and a flood of them is cut`()
        async throws
    {
        try await RestWorld.test { world in
            let near = try await world.post("/api/v1/resources", #"{"path":"gated:a","watch_intervall":5}"#)
            #expect(near.json["error"]?["hint"]?.string == "did you mean 'watch_interval'?")
            let flood = "{" + (0..<20_000).map { #""f\#($0)":1"# }.joined(separator: ",") + "}"
            let answer = try await world.post("/api/v1/resources", flood)
            #expect(answer.status == 422)
            #expect(answer.fieldErrors.count == 20)
        }
    }

    @Test func `a body beyond the limit is refused, whether it says how long it is or not`() async throws {
        try await RestWorld.test {
            $0.limits.bodyBytes = 1000
        } _: { world in
            let long = #"{"path":""# + String(repeating: "x", count: 2000) + #""}"#
            let answer = try await world.post("/api/v1/resources", long)
            #expect(answer.status == 413)
            #expect(answer.code == "PAYLOAD_TOO_LARGE")
        }
    }

    @Test func `a reason beyond eight kibibytes is refused`() async throws {
        try await RestWorld.test { world in
            let id = try await world.ingestDocs()
            let long = String(repeating: "x", count: 8193)
            let answer = try await world.send(.patch, "/api/v1/watches/\(id)", #"{"reason":"\#(long)"}"#)
            #expect(answer.status == 413)
        }
    }

    @Test func `methods that a path does not have are answered with those that it has`() async throws {
        try await RestWorld.test { world in
            let table = [
                ("/api/v1/watches", "DELETE, GET, HEAD, PATCH"),
                ("/api/v1/watches/trigger", "DELETE, GET, HEAD, PATCH, POST"),
                ("/api/v1/watches/\(unknownID)/trigger", "POST"), ("/api/v1/resources/", "POST"),
                ("/api/v1/fs/ls", "GET, HEAD"),
            ]
            for (path, allowed) in table {
                let answer = try await world.send(.put, path)
                #expect(answer.status == 405)
                #expect(answer.headers[.allow] == allowed, "\(path)")
            }
        }
    }

    @Test func `a client's own request id comes back, unless it could not stand in a log`() async throws {
        try await RestWorld.test { world in
            let own = try await world.get("/health", headers: [.requestID: "abc-123"])
            #expect(own.headers[.requestID] == "abc-123")
            let bad = try await world.get("/health", headers: [.requestID: "a b"])
            #expect(bad.headers[.requestID]?.count == 36)
        }
    }
}
