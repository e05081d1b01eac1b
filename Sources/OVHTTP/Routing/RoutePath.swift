// SPDX-License-Identifier: Apache-2.0

/// The path of a route: `/api/v1/watches/{task_id}`.
struct RoutePath: Hashable, Sendable, CustomStringConvertible {
    enum Segment: Hashable, Sendable {
        case literal(String)
        case parameter(String)
    }

    let description: String
    let segments: [Segment]

    init(_ text: StaticString) {
        description = text.description
        segments = description.split(separator: "/").map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }

    var parameters: [String] {
        segments.compactMap { segment in
            guard case .parameter(let name) = segment else { return nil }
            return name
        }
    }

    /// How many segments are names of their own; the most particular route of those that fit is meant.
    var literals: Int { segments.count - parameters.count }

    /// The values of the parameters, decoded; nil when a path is another one.
    func match(_ path: [Substring.UTF8View]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, bytes) in zip(segments, path) {
            switch segment {
            case .literal(let name):
                guard bytes.elementsEqual(name.utf8) else { return nil }
            case .parameter(let name):
                guard !bytes.isEmpty, let value = PercentDecoding.decode(bytes) else { return nil }
                values[name] = value
            }
        }
        return values
    }
}
