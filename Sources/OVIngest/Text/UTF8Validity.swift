// SPDX-License-Identifier: Apache-2.0

/// Whether bytes are UTF-8, found without copying them.
enum UTF8Validity: Hashable {
    case invalid
    case ascii
    /// Valid, with characters beyond ASCII.
    case beyondASCII

    init(of bytes: [UInt8]) {
        guard var text = try? UTF8Span(validating: bytes.span) else {
            self = .invalid
            return
        }
        self = text.checkForASCII() ? .ascii : .beyondASCII
    }
}
