// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVEngine
import OVHTTP
import OVSystem
import ServiceLifecycle

/// Says that a server is ready once it listens everywhere, and that it stops as soon as it does.
struct Readiness: Service {
    private enum Event: Sendable {
        case socket
        case network(String)
    }

    let engine: Engine
    let socket: String
    let noticeSocket: String?
    let announce: @Sendable (ServerPlace) throws -> Void
    private let events: AsyncStream<Event>
    private let input: AsyncStream<Event>.Continuation

    init(
        engine: Engine, socket: String, noticeSocket: String?,
        announce: @escaping @Sendable (ServerPlace) throws -> Void
    ) {
        self.engine = engine
        self.socket = socket
        self.noticeSocket = noticeSocket
        self.announce = announce
        (events, input) = AsyncStream.makeStream(of: Event.self)
    }

    func socketIsOpen() { input.yield(.socket) }

    func isListening(on address: RestServer.Address) { input.yield(.network("\(address)")) }

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            var (url, isSocketOpen): (String?, Bool) = (nil, false)
            for await event in events {
                switch event {
                case .socket: isSocketOpen = true
                case .network(let address): url = address
                }
                guard let url, isSocketOpen else { continue }
                // The label of the lock is where commands look.
                try await engine.holdDaemonLock(socket: socket, url: url)
                ServiceNotice.ready.send(to: noticeSocket)
                try announce(ServerPlace(url: url, socket: socket))
                input.finish()
            }
        }
        try? await gracefulShutdown()
        ServiceNotice.stopping.send(to: noticeSocket)
    }
}
