// SPDX-License-Identifier: Apache-2.0

/// Ports at which other protocols are spoken, by which a request could be taken for commands: mail, files, chat.
///
/// The list of the WHATWG Fetch Standard, section "port blocking", but for 1 and 9: nobody has answered there for
/// long, and scripts and tests use them as addresses where nobody does.
enum ForeignPort {
    static let numbers: Set<UInt16> = [
        7, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
        5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    ]
}
