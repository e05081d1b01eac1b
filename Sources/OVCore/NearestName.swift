// SPDX-License-Identifier: Apache-2.0

/// The name that somebody probably meant, for "did you mean" hints.
/// - Returns: the candidate with the smallest edit distance, if that is at most a third of the name's length.
package func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let bound = max(1, name.count / 3)
    let scored = candidates.lazy.map { (name: $0, distance: editDistance(name, $0, atMost: bound)) }
    guard let best = scored.min(by: { $0.distance < $1.distance }), best.distance <= bound else { return nil }
    return best.name
}

/// Levenshtein distance, cut off above `bound`.
private func editDistance(_ left: String, _ right: String, atMost bound: Int) -> Int {
    let (left, right) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
    guard abs(left.count - right.count) <= bound, left.count <= 2048, right.count <= 2048 else { return bound + 1 }
    var row = Array(0...right.count)
    for (index, scalar) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in right.indices {
            let substitution = diagonal + (scalar == right[column] ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(substitution, diagonal + 1, row[column] + 1)
        }
    }
    return row[right.count]
}
