// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import OVAPI
import OVCore

/// What a route answers, before it is put on the wire.
struct Answer: Sendable {
    enum Body: Sendable {
        case bytes([UInt8])
        /// Goes out as it comes to be; without a length.
        case stream(ResponseBody)
    }

    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: Body

    init(_ status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:], _ body: Body = .bytes([])) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    static func json(
        _ status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:], _ write: (inout JSONWriter) -> Void
    ) -> Answer {
        var json = JSONWriter(reservingCapacity: 1024)
        write(&json)
        var headers = headers
        headers[.contentType] = "application/json"
        return Answer(status, headers, .bytes(json.bytes))
    }

    /// The envelope of everything that went well.
    /// - Parameter beside: members that stand beside `result`.
    static func result(
        headers: HTTPFields = [:], beside: (inout JSONWriter) -> Void = { _ in }, _ write: (inout JSONWriter) -> Void
    ) -> Answer {
        json(.ok, headers) { json in
            json.object { json in
                json.member("status", "ok")
                json.name("result")
                write(&json)
                beside(&json)
            }
        }
    }

    static func result(_ value: some JSONWritable, headers: HTTPFields = [:]) -> Answer {
        result(headers: headers) { value.write(to: &$0) }
    }

    /// The envelope of everything that did not.
    static func error(_ error: OVError, headers: HTTPFields = [:]) -> Answer {
        json(error.code.httpStatus, headers) { json in
            json.object { json in
                json.member("status", "error")
                json.member("error", error)
            }
        }
    }

    static func text(_ text: String, type: String) -> Answer {
        Answer(.ok, [.contentType: type], .bytes(Array(text.utf8)))
    }

    /// How many bytes there are, where that is known.
    var byteCount: Int? {
        guard case .bytes(let bytes) = body else { return nil }
        return bytes.count
    }

    /// - Parameter bodiless: as the answer to `HEAD`: the same headers, and nothing behind them.
    func response(bodiless: Bool) -> Response {
        var headers = headers
        switch body {
        case .bytes where status == .noContent || status == .notModified:
            // These have no body and no length, whatever a body would have had.
            return Response(status: status, headers: headers, body: ResponseBody { try await $0.finish(nil) })
        case .bytes(let bytes):
            headers[.contentLength] = String(bytes.count)
            let body = bodiless ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            return Response(status: status, headers: headers, body: body)
        case .stream(let body):
            return Response(status: status, headers: headers, body: bodiless ? ResponseBody() : body)
        }
    }
}
