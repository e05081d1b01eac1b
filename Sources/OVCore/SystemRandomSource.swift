// SPDX-License-Identifier: Apache-2.0

/// The system's generator, which is cryptographically secure: identities cannot be guessed.
package struct SystemRandomSource: RandomSource {
    package init() {}

    package func nextTaskID() -> TaskID {
        var generator = SystemRandomNumberGenerator()
        return TaskID.random(using: &generator)
    }

    package func uniform(in range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range) }
}
