// SPDX-License-Identifier: Apache-2.0

import OVCore

/// A method of the protocol: one file each.
protocol Method: Sendable {
    static var name: String { get }

    /// Which eras have it, and on which conditions; what has it not is answered as if it did not exist.
    func isPart(of era: Era) -> Bool

    /// Whether nothing that follows may overtake it.
    var runsInOrder: Bool { get }

    /// Whether it may take as long as the client likes.
    func isSlow(_ params: Params) -> Bool

    /// - Throws: `RPCError`; `OVError` for what is nobody's fault; `CancellationError`.
    func result(of call: Call, by server: MCPServer) async throws -> MethodResult
}

extension Method {
    var name: String { Self.name }

    var runsInOrder: Bool { false }

    func isPart(of era: Era) -> Bool { true }

    func isSlow(_ params: Params) -> Bool { false }
}
