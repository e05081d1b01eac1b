// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVIngest

@Suite(.inTurn) struct MarkupConverterTests {
    private func convert(_ name: String, _ text: String) throws -> String? {
        let document = FetchedDocument(path: name, bytes: Array(text.utf8), name: name, validator: nil)
        let converted = try MarkupConverter().convert(document, limits: Limits())
        if let converted { #expect(converted.mediaType == MediaType.markdown) }
        return converted.map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test(arguments: [
        (
            "=====\nTitle\n=====\n\nText.\n\nSection\n-------\n\nSub\n~~~\n\nNext\n----\n",
            "# Title\n\nText.\n\n## Section\n\n### Sub\n\n## Next\n"
        ),
        ("Über\n====\ntext\n", "# Über\ntext\n"),
        ("Too long for it\n---\n\npara\n----\n", "Too long for it\n---\n\n# para\n"),
        (
            "=====  =====\nA      B\n=====  =====\n1      2\n=====  =====\n",
            "=====  =====\nA      B\n=====  =====\n1      2\n=====  =====\n"
        ),
        (
            "a\n\n.. code-block:: python\n   :linenos:\n\n   def f():\n       # x\n\n       pass\n\nb\n",
            "a\n\n```python\ndef f():\n    # x\n\n    pass\n```\n\nb\n"
        ),
        ("# no heading\n\n.. note:: Hm\n\n    ----\n", "\\# no heading\n\n.. note:: Hm\n\n    ----\n"),
        ("", ""), ("\r\n", ""),
    ])
    func `titles of reStructuredText are headings`(_ text: String, _ markdown: String) throws {
        #expect(try convert("a.rst", text) == markdown)
    }

    @Test(arguments: [
        ("= Title\n:toc: left\n\n== Section\n\n====== Deep\n", "# Title\n:toc: left\n\n## Section\n\n###### Deep\n"),
        ("Old\n===\n\nPart\n----\n\ntext\n", "# Old\n\n## Part\n\ntext\n"),
        ("[source,ruby]\n----\n== no\n  puts 1\n----\nx\n", "```ruby\n== no\n  puts 1\n```\nx\n"),
        ("Long line of text here\n====\nInside.\n====\n", "Long line of text here\n\nInside.\n\n"),
        ("////\nhidden\n////\nshown\n", "shown\n"), ("----\nno end\n", "\nno end\n"),
        ("....\n```\n....\n", "~~~~\n```\n~~~~\n"),
    ])
    func `titles of AsciiDoc are headings`(_ text: String, _ markdown: String) throws {
        let trimmed = markdown.hasSuffix("\n\n") ? String(markdown.dropLast()) : markdown
        #expect(try convert("a.adoc", text) == trimmed)
    }

    @Test(arguments: [
        (
            "#+TITLE: My notes\n* One\n** TODO Two  :tag:a:\ntext *bold*\n",
            "---\ntitle: \"My notes\"\n---\n# One\n## Two\ntext *bold*\n"
        ),
        (
            "#+begin_src python :results output\n  print(1)\n,* x\n#+end_src\n# a comment\n",
            "```python\n  print(1)\n* x\n```\n\\# a comment\n"
        ),
        ("#+BEGIN_EXAMPLE\n* no\n#+END_EXAMPLE\n#+begin_src c\nopen\n", "```\n* no\n```\n#+begin_src c\nopen\n"),
    ])
    func `headlines of Org are headings`(_ text: String, _ markdown: String) throws {
        #expect(try convert("a.org", text) == markdown)
    }

    @Test func `a large text takes time in proportion`() throws {
        let lines = Array(repeating: "#+begin_src\n* x\n", count: 50_000).joined()
        let blocks = (4..<1000).map { String(repeating: "-", count: $0) }.joined(separator: "\n\n")
        let titles = Array(repeating: "a\n--\n\n.. code::\n", count: 50_000).joined()
        #expect(try convert("a.org", lines) != nil)
        #expect(try convert("a.adoc", blocks + String(repeating: "\n\nx", count: 200_000)) != nil)
        #expect(try convert("a.rst", titles) != nil)
    }
}
