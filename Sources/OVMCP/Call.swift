// SPDX-License-Identifier: Apache-2.0

import OVCore

/// What a transport knows of a request before anybody looks into it.
package struct CallOrigin: Sendable {
    package let caller: Caller
    /// The conversation that it is a part of, in the era that has such.
    package let session: Session?
    /// Returns when the client has read enough of what was sent for more to be sent.
    package let ready: @Sendable () async -> Void
    /// Sends a notification that belongs to the request, before its answer.
    package let emit: @Sendable (OutgoingMessage) -> Void
    /// Opened when the client no longer wants an answer.
    package let cancellation: Latch
    /// Opened when this server ends.
    package let ending: Latch

    package init(
        caller: Caller, session: Session?, cancellation: Latch, ending: Latch,
        ready: @escaping @Sendable () async -> Void, emit: @escaping @Sendable (OutgoingMessage) -> Void
    ) {
        self.caller = caller
        self.session = session
        self.cancellation = cancellation
        self.ending = ending
        self.ready = ready
        self.emit = emit
    }
}

/// A request that passed every check of its envelope, while it is answered.
package struct Call: Sendable {
    package let request: IncomingRequest
    package let era: Era
    let method: any Method
    let capabilities: ClientCapabilities
    let progress: ProgressReporter?
    let logLevel: LogLevel?
    let origin: CallOrigin
    let cleanups = Cleanups()

    var id: RequestID { request.id }
    var params: Params { request.params }
    var caller: Caller { origin.caller }

    /// Tells a client something that it wants to know beside the answer.
    func log(_ level: LogLevel, _ text: String) {
        guard let logLevel, level >= logLevel, !origin.cancellation.isOpen else { return }
        origin.emit(
            .notification(
                method: "notifications/message",
                params: ["level": .string(level.rawValue), "logger": "ov", "data": .string(text)]))
    }
}
