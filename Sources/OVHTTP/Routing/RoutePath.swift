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
        guard path.count == segments.count, zip(segments, path).allSatisfy({ $0.fits($1) }) else { return nil }
        var values: [String: String] = [:]
        for (segment, bytes) in zip(segments, path) {
            guard case .parameter(let name) = segment else { continue }
            guard let value = PercentDecoding.decode(bytes) else { return nil }
            values[name] = value
        }
        return values
    }
}

extension RoutePath.Segment {
    fileprivate func fits(_ bytes: Substring.UTF8View) -> Bool {
        switch self {
        case .literal(let name): name.utf8.count == bytes.count && bytes.elementsEqual(name.utf8)
        case .parameter: !bytes.isEmpty
        }
    }
}
