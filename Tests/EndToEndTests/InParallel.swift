// SPDX-License-Identifier: Apache-2.0

/// Calls `body` with 0 up to `count`, at most `width` at a time.
/// - Returns: what it returned, in order.
func inParallel<Result: Sendable>(
    _ count: Int, width: Int = .max, _ body: @escaping @Sendable (Int) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        var results: [(Int, Result)] = []
        for number in 0..<count {
            if number >= width, let result = try await group.next() { results.append(result) }
            group.addTask { (number, try await body(number)) }
        }
        for try await result in group { results.append(result) }
        return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
}
