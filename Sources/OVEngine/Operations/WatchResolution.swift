// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVStore

/// Finding the watch that a caller means. What the caller may not see does not exist, in the same words.
extension State {
    func watch(_ key: WatchKey, as caller: Caller) throws(OVError) -> WatchTask {
        switch (key.id, key.uri) {
        case (nil, nil):
            throw .invalidField(
                ["query", "to_uri"], "a watch task is named by task_id or to_uri", type: "missing")
        case (let id?, nil): return try watch(id: id, as: caller)
        case (nil, let uri?): return try watch(uri: uri, as: caller)
        case (let id?, let uri?):
            let (byID, byURI) = (try watch(id: id, as: caller), try watch(uri: uri, as: caller))
            guard byID.id == byURI.id else {
                throw OVError(
                    .contradictoryArguments, "task_id and to_uri name different watch tasks",
                    hint: "send one of the two")
            }
            return byID
        }
    }

    /// The watch that a caller means and may change, remove or trigger.
    /// - Throws: `PERMISSION_DENIED` for one that the caller sees but whose resource is somebody else's by now.
    func changeableWatch(_ key: WatchKey, as caller: Caller) throws(OVError) -> WatchTask {
        let watch = try watch(key, as: caller)
        guard resources[watch.key].map({ caller.mayChange($0.owner) }) ?? true else { throw Self.denied(watch.uri) }
        return watch
    }

    private func watch(id: String, as caller: Caller) throws(OVError) -> WatchTask {
        guard let watch = TaskID(id).flatMap({ watches[$0] }), caller.maySee(watch.owner) else {
            throw OVError.noWatch(id)
        }
        return watch
    }

    private func watch(uri: String, as caller: Caller) throws(OVError) -> WatchTask {
        let uri = try VikingURI(parsing: uri, user: caller.user)
        guard let watch = watch(at: ResourceKey(account: caller.account, uri: uri)), caller.maySee(watch.owner) else {
            throw OVError.noWatch(uri.text)
        }
        return watch
    }

    func view(_ watch: WatchTask) -> WatchView { view(Boxed(watch)) }

    func view(_ stored: Boxed<WatchTask>) -> WatchView {
        let (id, key) = (stored.value.id, stored.value.key)
        let running = runningTask(at: key)
        return WatchView(
            stored: stored, runningTask: running.flatMap { ($0.watch ?? id) == id ? $0.id : nil },
            revision: resources.boxed(key).flatMap { currentRevision(of: $0.value) }?.name)
    }
}
