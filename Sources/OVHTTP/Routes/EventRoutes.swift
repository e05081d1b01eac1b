// SPDX-License-Identifier: Apache-2.0

import HTTPTypes
import Hummingbird
import NIOCore
import OVAPI
import OVCore
import ServiceLifecycle

/// What happens, as it happens.
struct EventRoutes: RouteGroup {
    /// How often a stream shows that it is alive.
    private static let signInterval = Milliseconds.seconds(15)

    let plane: any ControlPlane
    let streams: Admission
    let clock: any WallClock

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/events", "Follow what happens, as server-sent events",
                query: [
                    Field("uri", .uri, "Only what is about addresses at or below this one."),
                    Field(
                        "task_id", .text,
                        "Only this execution: from its present state to its final one, with which the stream ends."),
                    Field(
                        "last_event_id", .text,
                        "The id of the last event that is known; the header Last-Event-ID goes before it."),
                ], answer: .other(EventText.mediaType), events)
        ]
    }

    @Sendable private func events(_ request: APIRequest) async throws -> Answer {
        let permit = try streams.enter()
        let header = request.headers[.lastEventID].flatMap { $0.isEmpty ? nil : $0 }
        let query = EventQuery(
            after: header ?? request.query.text("last_event_id"), uri: request.query.text("uri"),
            task: request.query.text("task_id"))
        let events = try await plane.events(query, as: request.caller)
        let isAllowed = request.isStillCaller
        return Answer(
            .ok,
            [.contentType: EventText.mediaType, .cacheControl: "no-store", .accelBuffering: "no"],
            .stream(
                ResponseBody { writer in
                    defer { withExtendedLifetime(permit) {} }
                    try await Self.write(events, to: &writer, clock: clock, while: isAllowed)
                    try await writer.finish(nil)
                }))
    }

    private static func write(
        _ events: AsyncThrowingStream<Event, any Error>, to writer: inout any ResponseBodyWriter,
        clock: any WallClock, while isAllowed: @escaping @Sendable () async -> Bool
    ) async throws {
        let handover = EventHandover()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    for try await event in events { await handover.put(event) }
                    handover.finish(.success(()))
                } catch {
                    handover.finish(.failure(error))
                }
            }
            group.addTask {
                while true {
                    try await clock.sleep(for: signInterval)
                    handover.askForSign()
                }
            }
            group.addTask {
                try await gracefulShutdown()
                handover.stop()
            }
            defer { group.cancelAll() }
            try await writer.write(ByteBuffer(string: EventText.opening))
            do {
                // A key that was revoked is worth nothing from then on, on a stream as well.
                while let item = try await handover.take(), await isAllowed() {
                    let text =
                        switch item {
                        case .event(let event): EventText.text(of: event)
                        case .signOfLife: EventText.signOfLife
                        }
                    try await writer.write(ByteBuffer(string: text))
                }
            } catch let error as OVError {
                try await writer.write(ByteBuffer(string: EventText.text(of: error)))
            }
        }
    }
}
