// SPDX-License-Identifier: Apache-2.0

import OVSearch
import OVTestTraits
import Testing

@Suite(.inTurn) struct SectionDiffTests {
    private static let old = """
        before all headings

        # Guide
        intro

        ## Install
        run the installer

        ## Configure
        edit the file
        and save it

        ## Notes
        first note of the guide

        ## Notes
        second note of the guide

        """

    private func words(_ new: String, from old: String = old, _ type: String = "text/markdown") -> [String] {
        SectionDiff(from: old, to: new, mediaType: type).differences.map { difference in
            var words = "\(difference.kind) \(difference.headingPath.joined(separator: " > "))"
            if let previous = difference.previousPath { words += " from \(previous.joined(separator: " > "))" }
            if difference.addedLines + difference.removedLines > 0 {
                words += " +\(difference.addedLines) -\(difference.removedLines)"
            }
            return words + " [\(difference.lines.lowerBound)-\(difference.lines.upperBound - 1)]"
        }
    }

    @Test("the same text has no differences, nor has one with other blank lines between sections")
    func same() {
        #expect(words(Self.old) == [])
        #expect(words(Self.old.replacing("save it\n", with: "save it\n\n\n")) == [])
    }

    @Test(
        "what became of a section is said under its headings",
        arguments: [
            ("run the installer", "run the installer twice", ["changed Guide > Install +1 -1 [6-8]"]),
            ("before all headings", "above all", ["changed  +1 -1 [1-2]"]),
            ("## Configure\nedit the file\nand save it\n\n", "", ["removed Guide > Configure [9-12]"]),
            ("## Install", "## Set up", ["moved Guide > Set up from Guide > Install [6-8]"]),
            ("first note", "1st note", ["changed Guide > Notes +1 -1 [13-15]"]),
            ("## Notes\nfirst note of the guide\n\n", "", ["removed Guide > Notes [13-15]"]),
        ] as [(String, String, [String])])
    func edits(part: String, replacement: String, expected: [String]) {
        #expect(words(Self.old.replacing(part, with: replacement, maxReplacements: 1)) == expected)
    }

    @Test("sections that changed places have moved")
    func order() {
        let new = """
            before all headings

            # Guide
            intro

            ## Configure
            edit the file
            and save it

            ## Install
            run the installer

            ## Notes
            first note of the guide

            ## Notes
            second note of the guide

            """
        let found = words(new)
        #expect(found.count == 1)
        #expect(found.allSatisfy { $0.hasPrefix("moved Guide > ") && !$0.contains(" from ") })
    }

    @Test("text without headings is one section")
    func plain() {
        #expect(words("a\nB\n", from: "a\nb\n", "text/plain") == ["changed  +1 -1 [1-2]"])
        #expect(words("", from: "a\n", "text/plain") == ["removed  [1-1]"])
    }
}
