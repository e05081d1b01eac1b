// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVStore

/// How people and programs name a revision: `r3-9f2c4e1a`, `r3`, `3`, `latest`, `latest~2`.
enum RevisionReference: Hashable, Sendable {
    case number(Int, digest: String?)
    /// So many revisions before the current one.
    case latest(before: Int)

    /// - Throws: `INVALID_ARGUMENT` for what names none.
    init(parsing text: String, field: [String]) throws(OVError) {
        if text.hasPrefix("latest") {
            let rest = text.dropFirst("latest".count)
            guard rest.isEmpty || rest.first == "~", let count = rest.isEmpty ? 0 : Self.number(rest.dropFirst()) else {
                throw Self.malformed(text, field)
            }
            self = .latest(before: count)
            return
        }
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let number = Self.number(first.first == "r" ? first.dropFirst() : first) else {
            throw Self.malformed(text, field)
        }
        self = .number(number, digest: parts.count == 2 ? String(parts[1]) : nil)
    }

    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }

    private static func malformed(_ text: String, _ field: [String]) -> OVError {
        .invalidField(
            field, "'\(text.prefix(80))' names no revision", type: "value_error",
            hint: "write r3-9f2c4e1a, r3, latest or latest~1; `ov history URI` lists what there is")
    }

    /// - Throws: `NOT_FOUND` for what is not kept, with what is.
    func find(of resource: Resource, in state: State) throws(OVError) -> Revision {
        let revisions = state.revisions(of: resource.key)
        let found: Revision?
        switch self {
        case .number(let number, let digest):
            found = revisions.first { revision in
                revision.number == number && digest.map { revision.digest.description.hasPrefix($0) } ?? true
            }
        case .latest(let count):
            let index = revisions.lastIndex { $0.number == resource.revision }
            found = index.flatMap { count <= $0 ? revisions[$0 - count] : nil }
        }
        if let found { return found }
        let kept = revisions.first.map { first in
            revisions.count == 1 ? "only \(first.name)" : "\(first.name) to \(revisions.last?.name ?? first.name)"
        }
        throw OVError(
            .notFound, "\(resource.uri) has no revision \(self) any more, or never had",
            hint: "kept are \(kept ?? "none"): `ov history \(resource.uri)` lists them")
    }
}

extension RevisionReference: CustomStringConvertible {
    var description: String {
        switch self {
        case .number(let number, let digest): "r\(number)" + (digest.map { "-\($0.prefix(64))" } ?? "")
        case .latest(let count): count == 0 ? "latest" : "latest~\(count)"
        }
    }
}
