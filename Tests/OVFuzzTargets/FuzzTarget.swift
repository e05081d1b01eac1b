// SPDX-License-Identifier: Apache-2.0

/// A way into the product for bytes that somebody else wrote: reads them as the product does, and checks of what comes
/// out what must hold for any input.
package struct FuzzTarget: Sendable {
    /// Also of its folder in `fixtures/fuzz`.
    package let name: String
    /// Bytes of input with which it is worth while.
    package let maximumLength: Int
    /// A well-formed input, where none but the product can write one; empty otherwise.
    package let seed: [UInt8]
    /// Throws a `FuzzFinding`, crashes, or takes too long when something is wrong.
    package let run: @Sendable ([UInt8]) throws -> Void

    init(
        _ name: String, maximumLength: Int = 16 << 10, seed: [UInt8] = [],
        _ run: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.name = name
        self.seed = seed
        self.maximumLength = maximumLength
        self.run = run
    }

    package static let all = html + xml + archives + documents + sites + texts + searching + stores + values

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// What must hold and does not.
package struct FuzzFinding: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// - Throws: `FuzzFinding`.
func check(_ condition: Bool, _ words: @autoclosure () -> String) throws {
    guard condition else { throw FuzzFinding(words()) }
}

/// An input of which the first byte chooses how the rest is read.
func split(_ bytes: [UInt8]) -> (choice: UInt8, rest: [UInt8]) { (bytes.first ?? 0, Array(bytes.dropFirst())) }

/// An input whose first line is one thing and the rest another.
func splitLine(_ bytes: [UInt8]) -> (line: [UInt8], rest: [UInt8]) {
    let end = bytes.firstIndex(of: 10) ?? bytes.count
    return (Array(bytes[..<end]), Array(bytes.dropFirst(end + 1)))
}

func isUTF8(_ bytes: some Collection<UInt8>) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
