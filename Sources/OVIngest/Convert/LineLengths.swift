// SPDX-License-Identifier: Apache-2.0

/// How long the lines of a text are.
struct LineLengths {
    /// Bytes beyond which nobody reads a line.
    private static let long = 1000

    private let bytes: Int
    private var breaks = 0
    private var longest = 0

    init(of text: [UInt8]) {
        bytes = text.count
        var start = 0
        for (index, byte) in text.enumerated() where byte == 10 {
            longest = max(longest, index - start)
            breaks += 1
            start = index + 1
        }
        longest = max(longest, text.count - start)
    }

    var hasLong: Bool { longest > Self.long }

    /// Whether that is what most of the text is in: it was written with almost no line breaks, and not in lines of which
    /// some became long.
    var areMostlyLong: Bool { hasLong && breaks * Self.long < bytes }
}
