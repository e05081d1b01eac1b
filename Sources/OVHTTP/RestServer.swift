// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import OVCore
import ServiceLifecycle

/// Listens on one address until a graceful shutdown, which lets requests that are being answered end.
package struct RestServer: Service {
    package enum Address: Hashable, Sendable {
        /// Port 0 means one that is free.
        case tcp(host: String, port: Int)
        /// Who can open it may do what a process of this user may.
        case socket(path: String)
    }

    let interface: RestInterface
    let address: Address
    /// Told once where it listens.
    let started: @Sendable (Address) async -> Void

    package init(
        _ interface: RestInterface, on address: Address, started: @escaping @Sendable (Address) async -> Void
    ) {
        self.interface = interface
        self.address = address
        self.started = started
    }

    /// - Throws: `UNAVAILABLE` when it cannot listen there.
    package func run() async throws {
        let limits = interface.configuration.limits
        let base = interface.configuration.logger
        let logger = Logger(label: base.label) { _ in FrameworkLog(base) }
        let application = Application(
            responder: interface.responder(for: origin),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        ClosingTime(patience: .milliseconds(limits.closingTime.count)), MalformedRequests(),
                        ContinueAnswers(bound: limits.uploadBytes), ClientPresence(),
                    ],
                    idleTimeout: .milliseconds(limits.idleTime.count))
            ),
            configuration: ApplicationConfiguration(
                address: bindAddress, backlog: 1024,
                availableConnectionsDelegate: MaximumAvailableConnections(limits.connections)),
            onServerRunning: { channel in await ready(channel) }, logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw OVError(
                .unavailable, "cannot listen on \(address): \(String(cString: strerror(error.errnoCode)))",
                hint: error.errnoCode == EADDRINUSE ? "choose another port: --port, 0 for any" : nil)
        }
    }

    private var origin: Caller.Origin {
        switch address {
        case .tcp: .network
        case .socket: .local
        }
    }

    private var bindAddress: BindAddress {
        switch address {
        case .tcp(let host, let port): .hostname(host, port: port)
        case .socket(let path): .unixDomainSocket(path: path)
        }
    }

    private func ready(_ channel: any Channel) async {
        switch address {
        case .tcp(let host, let port): await started(.tcp(host: host, port: channel.localAddress?.port ?? port))
        case .socket(let path):
            // It lies in a folder that nobody else can enter; this is for whoever opens that.
            chmod(path, 0o600)
            await started(address)
        }
    }
}

extension RestServer.Address: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tcp(let host, let port): "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .socket(let path): path
        }
    }
}
