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

    /// The values of the parameters in a path that has the same literals, decoded; nil when one cannot be.
    func parameters(in path: [Substring.UTF8View]) -> PathParameters? {
        var values = PathParameters()
        for (segment, bytes) in zip(segments, path) {
            guard case .parameter(let name) = segment else { continue }
            guard let value = PercentDecoding.decode(bytes) else { return nil }
            values.append(name, value)
        }
        return values
    }
}

/// The values of the parameters of a path: so few that there is nothing quicker than to look at each.
struct PathParameters: Sendable {
    private var values: [(name: String, value: String)] = []

    mutating func append(_ name: String, _ value: String) { values.append((name, value)) }

    subscript(name: String) -> String? { values.first { $0.name == name }?.value }
}
