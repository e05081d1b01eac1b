// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import OVAPI
import OVCore
import OVMCP
import OVSystem
import ServiceLifecycle

/// The REST interface over the operations of a store.
package struct RestInterface: Sendable {
    package struct Configuration: Sendable {
        /// The store's folder, for uploads.
        package var home: String
        package var limits = HTTPLimits()
        /// What the server is called beside the names of the loopback interface.
        package var hostNames: [String] = []
        package var authenticator: any Authenticator = OpenAuthenticator()
        package var clock: any WallClock
        package var random: any RandomSource
        package var logger: Logger

        package init(home: String, clock: any WallClock, random: any RandomSource, logger: Logger) {
            self.home = home
            self.clock = clock
            self.random = random
            self.logger = logger
        }
    }

    let configuration: Configuration
    let table: RouteTable
    let metrics: HTTPMetrics
    private let numbering: RequestNumbering
    let eventStreams: Admission
    package let uploads: UploadStore
    let mcp: MCPMount
    /// To be run as long as requests are answered.
    package var mcpService: MCPService { MCPService(endpoint: mcp.endpoint) }

    package init(over plane: any ControlPlane & MetricsSource, _ configuration: Configuration) {
        self.configuration = configuration
        metrics = HTTPMetrics()
        numbering = RequestNumbering(random: configuration.random)
        eventStreams = .ofEventStreams(atMost: configuration.limits.eventStreams)
        uploads = UploadStore(
            home: configuration.home, limits: configuration.limits, clock: configuration.clock,
            random: configuration.random, threads: ThreadPool(count: 2), logger: configuration.logger)
        mcp = MCPMount(
            endpoint: MCPEndpoint(
                MCPServer(over: plane, MCPServer.Configuration(clock: configuration.clock)),
                random: configuration.random))
        let groups: [any RouteGroup] = [
            WatchRoutes(plane: plane),
            ResourceRoutes(
                plane: plane, uploads: uploads, clock: configuration.clock,
                dryRuns: .ofDryRuns(atMost: configuration.limits.dryRuns)),
            TaskRoutes(plane: plane), FolderRoutes(plane: plane), ContentRoutes(plane: plane),
            SearchRoutes(plane: plane),
            HistoryRoutes(plane: plane),
            EventRoutes(plane: plane, streams: eventStreams, clock: configuration.clock),
            SystemRoutes(
                plane: plane, numbers: plane, metrics: metrics, streams: eventStreams, clock: configuration.clock),
        ]
        table = RouteTable(groups + [DocumentRoutes(describing: groups)])
    }

    package func responder(for origin: Caller.Origin) -> RestResponder {
        RestResponder(
            table: table, mcp: mcp, authenticator: configuration.authenticator,
            hosts: HostCheck(names: configuration.hostNames),
            origin: origin, metrics: metrics, numbering: numbering, limits: configuration.limits,
            logger: configuration.logger)
    }
}
