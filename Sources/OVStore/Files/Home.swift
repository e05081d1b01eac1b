// SPDX-License-Identifier: Apache-2.0

/// Where in a home things lie. Nothing outside this module knows a path.
struct Home: Hashable, Sendable {
    let path: String

    var state: String { path + "/state.json.gz" }
    var previousState: String { path + "/state.json.gz.1" }
    var newState: String { path + "/state.json.gz.new" }
    var lock: String { path + "/state.lock" }
    var packs: String { path + "/packs" }
    var secrets: String { path + "/secrets" }
    var validators: String { path + "/cache/validators" }

    var gathered: String { path + "/cache/indexes" }

    func file(_ name: String) -> String { path + "/" + name }
    func pack(_ name: String) -> String { packs + "/" + name + ".pack" }
    func index(_ name: String) -> String { packs + "/" + name + ".index" }
    func gathered(_ name: String) -> String { gathered + "/" + name + ".index" }
    func unfinishedPack(_ name: String) -> String { packs + "/" + name + ".pack.tmp" }
}
