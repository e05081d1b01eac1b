// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Sums up the remarks of a run: one line for a thousand documents, not a thousand lines.
final class RemarkSummary: Sendable {
    private struct Count {
        var documents = 0
        /// The first in the order of paths, so that the same run says the same.
        var example = ""

        mutating func add(_ path: String) {
            documents += 1
            if documents == 1 || path < example { example = path }
        }

        func words(_ one: String, _ many: String) -> String {
            documents == 1 ? "1 document \(one)" : "\(documents) documents \(many)"
        }

        var place: String { example.isEmpty ? "" : " (\(documents == 1 ? "" : "first: ")\(example))" }
    }

    private struct State {
        var guessed: [String: Count] = [:]
        var replaced: [String: Count] = [:]
        /// By program, and the package that has it.
        var needed: [String: (package: String, count: Count)] = [:]
    }

    private let state = Mutex(State())

    func add(_ remark: ConversionRemark, about path: String) {
        state.withLock { state in
            switch remark {
            case .guessed(let charset): state.guessed[charset, default: Count()].add(path)
            case .replaced(_, let charset): state.replaced[charset, default: Count()].add(path)
            case .needs(let program, let package):
                state.needed[program, default: (package, Count())].count.add(path)
            }
        }
    }

    var warnings: [FetchWarning] {
        state.withLock { state in
            let guessed = state.guessed.sorted { $0.key < $1.key }.map { charset, count in
                count.words("was", "were") + " not UTF-8 and read as \(charset)\(count.place)"
                    + "; if that is wrong, set --arg charset=NAME"
            }
            let replaced = state.replaced.sorted { $0.key < $1.key }.map { charset, count in
                count.words("has", "have") + " bytes that are not valid \(charset); they are U+FFFD now\(count.place)"
            }
            let needed = state.needed.sorted { $0.key < $1.key }.map { program, need in
                need.count.words("is", "are") + " kept as bytes, without text, because \(program) is not on PATH"
                    + "\(need.count.place); install it, for instance with: apt-get install \(need.package)"
            }
            return (guessed + replaced + needed).map { FetchWarning(path: nil, message: $0) }
        }
    }
}
