// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVTestTraits
import ServiceLifecycle
import Synchronization
import Testing

@testable import OVCLI

@Suite(.inTurn) struct StorePlanesTests {
    /// Runs until it is told to stop, or fails at once.
    private final class Executor: Service {
        private let failure: OVError?
        private let stopped = Mutex(false)

        init(failure: OVError? = nil) { self.failure = failure }

        var stoppedGracefully: Bool { stopped.withLock { $0 } }

        func run() async throws {
            if let failure { throw failure }
            try await gracefulShutdown()
            stopped.withLock { $0 = true }
        }
    }

    private func planes(_ executor: Executor) -> StorePlanes {
        StorePlanes(
            connection: StoreConnection(
                open: { _ in .init(plane: ScriptedPlane(), executor: executor) },
                attend: { _, _ in .init(plane: ScriptedPlane(), services: [executor]) },
                maintain: { _ in ScriptedMaintenance() }))
    }

    @Test func `the executor runs as long as the command and stops in order`() async throws {
        let executor = Executor()
        let result = try await planes(executor).withPlane(Settings(), executing: true) { opened in
            try await opened.plane.health().version
        }
        #expect(result == "0.1.0")
        #expect(executor.stoppedGracefully)
    }

    @Test func `a command that fails ends the executor at once`() async {
        let executor = Executor()
        await #expect(throws: OVError(.notFound, "gone")) {
            try await planes(executor).withPlane(Settings(), executing: true) { _ in
                throw OVError(.notFound, "gone")
            }
        }
        #expect(!executor.stoppedGracefully)
    }

    @Test func `an executor that fails ends a command that waits for it`() async {
        let executor = Executor(failure: OVError(.unavailable, "the store is locked"))
        await #expect(throws: OVError(.unavailable, "the store is locked")) {
            try await planes(executor).withPlane(Settings(), executing: true) { _ in
                for await _ in AsyncStream<Never>.makeStream().stream {}
                throw CancellationError()
            }
        }
    }

    @Test func `a command that runs nothing starts no executor`() async throws {
        let executor = Executor(failure: OVError(.unavailable, "not needed"))
        let isHealthy = try await planes(executor).withPlane(Settings(), executing: false) { opened in
            try await opened.plane.health().isHealthy
        }
        #expect(isHealthy)
    }
}
