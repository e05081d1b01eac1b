// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// What an answer carries: `result`, and what a caller asks for of what stands beside it.
struct Envelope<Result> {
    let result: Result
    private let beside: [String: JSONValue]

    subscript(name: String) -> JSONValue? { beside[name] }

    /// - Parameter read: reads `result`.
    init(
        _ body: [UInt8], beside names: Set<String> = [],
        read: (inout JSONReader) throws(JSONError) -> Result
    ) throws(JSONError) {
        var json = JSONReader(body)
        var (result, beside): (Result?, [String: JSONValue]) = (nil, [:])
        try json.object { name, json throws(JSONError) in
            switch name {
            case "result": result = try read(&json)
            case _ where names.contains(name): beside[name] = try json.value()
            default: try json.skip()
            }
        }
        try json.finish()
        self.result = try json.required(result, "result")
        self.beside = beside
    }
}

extension ServerConnection {
    /// Asks for a value.
    func value<Value: JSONReadable & Sendable>(_ type: Value.Type, _ request: ServerRequest) async throws(OVError)
        -> Value
    {
        try await value(request) { json throws(JSONError) in try Value(from: &json) }
    }

    func value<Value: Sendable>(
        _ request: ServerRequest, read: (inout JSONReader) throws(JSONError) -> Value
    ) async throws(OVError) -> Value {
        let answer = try await send(request)
        return try await understood { () throws(JSONError) in try Envelope(answer.body, read: read).result }
    }

    /// - Throws: `UNAVAILABLE` for what is no answer of ours, naming both versions where they differ.
    func understood<Value>(_ read: () throws(JSONError) -> Value) async throws(OVError) -> Value {
        do throws(JSONError) { return try read() } catch {
            var failure = ServerFailure.strange("\(error)", from: self)
            if let version = await version(), version != productVersion {
                failure.hint =
                    "the server is version \(version), this command is \(productVersion): use one version of both"
            }
            throw failure
        }
    }

    /// The version of a server that answers at once.
    package func version() async -> String? {
        do {
            let answer = try await send(.get("/health").within(.seconds(2)))
            return try JSONValue(parsing: answer.body)["version"]?.string
        } catch { return nil }
    }
}
