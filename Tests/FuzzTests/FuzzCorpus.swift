// SPDX-License-Identifier: Apache-2.0

import Foundation
import OVFuzzTargets
import OVTestSupport

/// The inputs that are kept for a target: `fixtures/fuzz/TARGET.corpus`, each behind its length in four bytes, and what
/// has a name of its own in `fixtures/fuzz/TARGET/`.
struct FuzzCorpus {
    private(set) var inputs: [(name: String, bytes: [UInt8])] = []

    init(of target: FuzzTarget) throws {
        let packed = fixture("fuzz/\(target.name).corpus")
        if FileManager.default.fileExists(atPath: packed) {
            var rest = [UInt8](try Data(contentsOf: URL(fileURLWithPath: packed)))[...]
            while rest.count >= 4 {
                let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
                inputs.append(("\(inputs.count) of the corpus", Array(rest.dropFirst(4).prefix(length))))
                rest = rest.dropFirst(4 + length)
            }
        }
        let folder = fixture("fuzz/\(target.name)")
        guard FileManager.default.fileExists(atPath: folder) else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            inputs.append((name, [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))))
        }
    }
}
