// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// The server of the Model Context Protocol over the operations of a store: everything but the transports.
package struct MCPServer: Sendable {
    package struct Configuration: Sendable {
        /// Whether the tools that change something are left out.
        package var isReadOnly = false
        /// Whether sources on private networks may be fetched.
        package var allowsPrivateNetworks = false
        /// What relative paths are relative to, and `~/…`.
        package var workingDirectory = "/"
        package var homeDirectory: String?
        package var clock: any WallClock

        package init(clock: any WallClock) { self.clock = clock }
    }

    let plane: any ControlPlane
    let configuration: Configuration
    let tools: ToolSet
    let prompts: PromptSet
    private let methods: [String: any Method]

    package init(over plane: any ControlPlane, _ configuration: Configuration) {
        self.plane = plane
        self.configuration = configuration
        tools = ToolSet(isReadOnly: configuration.isReadOnly)
        prompts = PromptSet()
        methods = Dictionary(uniqueKeysWithValues: Self.allMethods.map { ($0.name, $0) })
    }

    private static let allMethods: [any Method] = [
        InitializeMethod(), DiscoverMethod(), PingMethod(), SetLevelMethod(), ListToolsMethod(), CallToolMethod(),
        ListResourcesMethod(), ListTemplatesMethod(), ReadResourceMethod(), SubscribeMethod(), UnsubscribeMethod(),
        ListenMethod(), ListPromptsMethod(), GetPromptMethod(), CompleteMethod(), GetTaskMethod(), UpdateTaskMethod(),
        CancelTaskMethod(),
    ]

    var clock: any WallClock { configuration.clock }

    /// Finds out what a request is and whether it can be answered, before anything is done.
    /// - Parameter headers: what HTTP says of the request beside its body.
    package func prepare(_ request: IncomingRequest, _ headers: MessageHeaders?, _ origin: CallOrigin)
        throws(RPCError) -> Call
    {
        let meta = try RequestMeta(of: request.params)
        let era: Era
        var capabilities = ClientCapabilities.none
        if meta.isStateless || headers?.isStateless == true {
            capabilities = try statelessCapabilities(of: request, meta, headers)
            era = .stateless
        } else {
            era = .session(try version(of: request, in: origin.session))
        }
        guard let method = methods[request.method], method.isPart(of: era) else {
            throw .methodNotFound(request.method)
        }
        let level = era.isStateless ? try meta.level() : origin.session?.logLevel
        let progress = meta.progressToken.map { ProgressReporter(token: $0, clock: clock, origin: origin) }
        return Call(
            request: request, era: era, method: method, capabilities: capabilities, progress: progress,
            logLevel: level, origin: origin)
    }

    private func statelessCapabilities(of request: IncomingRequest, _ meta: RequestMeta, _ headers: MessageHeaders?)
        throws(RPCError) -> ClientCapabilities
    {
        try meta.checkShape()
        try headers?.check(request, meta)
        return try meta.capabilities()
    }

    /// The revision that the session speaks, for which there must have been a handshake.
    private func version(of request: IncomingRequest, in session: Session?) throws(RPCError) -> ProtocolVersion {
        if let version = session?.version { return version }
        guard request.method == InitializeMethod.name || request.method == PingMethod.name else {
            throw .invalidParams(
                "send 'initialize' first, or \(MetaKey.protocolVersion) and \(MetaKey.clientCapabilities) in '_meta'",
                data: ["supported": ProtocolVersion.names])
        }
        return .newestWithHandshake
    }

    /// Carries a request out.
    /// - Returns: nil when the client gave it up, or the task was cancelled: then there is nothing to answer.
    package func answer(_ call: Call) async -> OutgoingMessage? {
        let outcome: Result<MethodResult, RPCError>? = await withTaskGroup { tasks in
            tasks.addTask { () -> Result<MethodResult, RPCError>? in await self.outcome(of: call) }
            tasks.addTask {
                await call.origin.cancellation.wait()
                return nil
            }
            let first = await tasks.next() ?? nil
            tasks.cancelAll()
            return first
        }
        guard !call.origin.cancellation.isOpen else {
            await call.cleanups.run()
            return nil
        }
        switch outcome {
        case .success(let result): return .result(call.id, result.json(in: call.era))
        case .failure(let error): return .failure(call.id, error)
        case nil: return nil
        }
    }

    private func outcome(of call: Call) async -> Result<MethodResult, RPCError>? {
        do {
            return .success(try await call.method.result(of: call, by: self))
        } catch is CancellationError {
            return nil
        } catch let error as RPCError {
            return .failure(error)
        } catch let error as OVError {
            return .failure(RPCError(RPCError.internalErrorCode, error.sentence))
        } catch {
            return .failure(RPCError(RPCError.internalErrorCode, "an unexpected error"))
        }
    }
}
