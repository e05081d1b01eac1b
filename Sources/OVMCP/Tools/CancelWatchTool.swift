// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore

/// Ends a watch. The content stays.
struct CancelWatchTool: Tool {
    let name = "cancel_watch"
    let summary = "Stop refreshing a resource. Its content stays."
    let arguments = [
        Argument("to_uri", .text, isRequired: true, also: ["uri", "to", "target_uri", "path", "resource"])
    ]
    let effect = ToolEffect(isReadOnly: false, isDestructive: true, isIdempotent: true, isOpenWorld: false)

    func run(_ arguments: ArgumentValues, _ context: ToolContext) async throws -> ToolAnswer {
        let uri = try VikingURI(parsing: arguments.text("to_uri") ?? "", user: context.caller.user)
        let key = WatchKey(uri: uri.text)
        do throws(OVError) {
            _ = try await context.plane.watch(key, as: context.caller)
        } catch {
            guard error.code == .notFound else { throw error }
            throw OVError(
                .notFound, "No watch task found for \(uri)", hint: try await nearest(to: uri, context))
        }
        do throws(OVError) {
            _ = try await context.plane.deleteWatch(key, as: context.caller)
        } catch {
            // Somebody else was quicker: what was asked for is so.
            guard error.code == .notFound else { throw error }
        }
        return .text("Watch cancelled: \(uri)")
    }

    private func nearest(to uri: VikingURI, _ context: ToolContext) async throws(OVError) -> String {
        let watches = try await context.plane.watches(WatchQuery(limit: 1000), as: context.caller).watches
        let covering = watches.first { uri.isWithin($0.uri) || $0.uri.isWithin(uri) }?.uri.text
        let name = covering ?? nearestName(to: uri.text, among: watches.lazy.map(\.uri.text))
        return name.map { "Did you mean \($0)?" } ?? "`list_watches` shows the watch tasks that there are."
    }
}
