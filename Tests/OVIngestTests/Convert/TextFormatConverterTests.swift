// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVTestTraits
import Testing

@testable import OVIngest

/// Notebooks, tables and JSON.
@Suite(.inTurn) struct TextFormatConverterTests {
    private func convert(_ converter: any Converter, _ name: String, _ text: String, limits: Limits = Limits())
        async throws -> (type: String, text: String)?
    {
        let document = FetchedDocument(path: name, bytes: Array(text.utf8), name: name, validator: nil)
        let converted = try await converter.convert(document, limits: limits)
        return converted.map { ($0.mediaType, String(decoding: $0.bytes, as: UTF8.self)) }
    }

    // MARK: Notebooks

    private static let notebook = #"""
        {"nbformat": 4, "metadata": {"kernelspec": {"language": "R"}, "language_info": {"name": "python"}}, "cells": [
         {"cell_type": "markdown", "source": ["# Title\n", "\n", "Words *here*.\n"]},
         {"cell_type": "code", "source": "x = '```'\nprint(x)\n", "outputs": [
          {"output_type": "stream", "name": "stdout", "text": ["10%\r100%\n", "\u001b[31mred\u001b[0m\n"]},
          {"output_type": "execute_result", "data": {"text/plain": ["   a  b\n", "0  1  2"], "text/html": "<table>"}},
          {"output_type": "display_data", "data": {"image/png": "aGk=", "text/plain": "<Figure size 640x480>"}},
          {"output_type": "display_data", "data": {"text/markdown": "**bold**", "text/plain": "no"}},
          {"output_type": "error", "ename": "E", "evalue": "bad", "traceback": ["\u001b[1;31mE\u001b[0m: bad"]}]},
         {"cell_type": "code", "source": "", "outputs": []}, {"cell_type": "raw", "source": "raw"}]}
        """#

    @Test func `a notebook is its text, its code and what came out`() async throws {
        let markdown = try #require(try await convert(NotebookConverter(), "a.ipynb", Self.notebook))
        #expect(markdown.type == MediaType.markdown)
        #expect(
            markdown.text == """
                # Title

                Words *here*.

                ````python
                x = '```'
                print(x)
                ````

                ```output
                100%
                red
                ```

                ```output
                   a  b
                0  1  2
                ```

                ```output
                <Figure size 640x480>
                ```

                **bold**

                ```output
                E: bad
                ```

                ```
                raw
                ```

                """)
    }

    @Test(arguments: [
        ("\u{1B}[31mred\u{1B}[0m", "red"), ("\u{1B}[3Ϛ", "Ϛ"), ("\u{1B}é", "é"), ("\u{1B}cx", "x"), ("x\u{1B}", "x"),
        ("\u{1B}[", ""), ("\u{1B}[1\nx", "\nx"), ("1%\r2%\r\n", "2%\n"),
    ])
    func `what a terminal would obey is no text, and all else is`(text: String, plain: String) {
        #expect(TerminalText.plain(Array(text.utf8)) == Array(plain.utf8))
    }

    @Test func `an old notebook is read as well`() async throws {
        let text = #"""
            {"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "heading", "level": 2, "source": "Two"},
             {"cell_type": "code", "language": "julia", "input": ["1+1"], "outputs": [{"output_type": "pyout", "text": "2"}]}]}]}
            """#
        #expect(
            try await convert(NotebookConverter(), "a.ipynb", text)?.text
                == "## Two\n\n```julia\n1+1\n```\n\n```output\n2\n```\n")
    }

    @Test(arguments: ["", "[]", "{\"cells\": 5}", "{\"cells\": [", "\u{1}"])
    func `what is no notebook stays as it is`(_ text: String) async throws {
        await #expect(throws: ConversionError.self) { try await convert(NotebookConverter(), "a.ipynb", text) }
    }

    @Test func `a long output is cut`() async throws {
        let log = String(repeating: "é", count: 20_000)
        let output = #"{"output_type":"stream","text":"\#(log)"}"#
        let text = #"{"cells":[{"cell_type":"code","source":"x","outputs":[\#(output)]}]}"#
        let markdown = try #require(try await convert(NotebookConverter(), "a.ipynb", text)).text
        #expect(markdown.utf8.count < 17_000 && markdown.contains("… 23616 bytes left out"))
    }

    // MARK: Tables

    @Test(arguments: [
        ("a.csv", "a,b\r\n1,2\r\n", "| a | b |\n| --- | --- |\n| 1 | 2 |\n"),
        (
            "a.csv", "\u{FEFF}name;size\n\"x;y\";\"say \"\"hi\"\"\"\n",
            "| name | size |\n| --- | --- |\n| x;y | say \"hi\" |\n"
        ),
        ("a.csv", "a,b\n\"1\r\n2\",x|y", "| a | b |\n| --- | --- |\n| 1<br>2 | x\\|y |\n"),
        ("a.tsv", "a\tb\n1,5\t2\n", "| a | b |\n| --- | --- |\n| 1,5 | 2 |\n"),
        ("a.csv", "a,b\n1\n1,2,3\n", "| a | b |  |\n| --- | --- | --- |\n| 1 |  |  |\n| 1 | 2 | 3 |\n"),
        ("a.csv", "sep=|\na|b,c\n1|2,3\n", "| a | b,c |\n| --- | --- |\n| 1 | 2,3 |\n"),
        ("a.csv", "price;note\n1,50;x\n2,75;y\n", "| price | note |\n| --- | --- |\n| 1,50 | x |\n| 2,75 | y |\n"),
    ])
    func `values become a table`(_ name: String, _ text: String, _ table: String) async throws {
        let converted = try #require(try await convert(TableConverter(), name, text))
        #expect(converted.text == table && converted.type == MediaType.markdown)
    }

    @Test(arguments: ["", "one\ntwo\n", "a,\"b\n1,2\n", "a,b\n\"1\"x,2\n"])
    func `what is no table stays text`(_ text: String) async throws {
        #expect(try await convert(TableConverter(), "a.csv", text) == nil)
    }

    @Test func `a large table stays what it is`() async throws {
        let long = "a,b\n" + String(repeating: "1,2\n", count: 2000)
        #expect(try await convert(TableConverter(), "a.csv", long) == nil)
        let wide = Array(repeating: "x", count: 65).joined(separator: ",")
        #expect(try await convert(TableConverter(), "a.csv", wide) == nil)
        let large = "a,b\n" + String(repeating: "x", count: 256 << 10) + ",2\n"
        #expect(try await convert(TableConverter(), "a.csv", large) == nil)
    }

    // MARK: JSON

    @Test func `JSON on one line gets lines, and nothing else changes`() async throws {
        let long = String(repeating: "w", count: 1000)
        let text = #"{"a":[1.50,-0,1e400,"\u00e9\"]"],"b":{"c":null,"d":[]},"long":"\#(long)","list":[{"x":[{}]}]}"#
        let converted = try #require(try await convert(JSONConverter(), "a.json", text))
        #expect(converted.type == "application/json")
        #expect(
            converted.text == """
                {
                  "a": [1.50, -0, 1e400, "\\u00e9\\"]"],
                  "b": {
                    "c": null,
                    "d": []
                  },
                  "long": "\(long)",
                  "list": [
                    {
                      "x": [
                        {}
                      ]
                    }
                  ]
                }

                """)
    }

    @Test(arguments: [
        "{\"a\": 1}\n{\"b\": 2}", "[1", "{} {}", "[1 2]", "// x\n[]", "[\"a]", "]", "[1] x", "'a'", "{\"a\" 1}",
    ])
    func `what is not one JSON value stays text`(_ text: String) async throws {
        let long = text.replacing("1", with: String(repeating: "1", count: 2000))
        #expect(try await convert(JSONConverter(), "a.json", long) == nil)
        let padded = text + String(repeating: " ", count: 2000)
        #expect(try await convert(JSONConverter(), "a.json", padded) == nil)
    }

    @Test func `JSON that is deep or already in lines stays as it is`() async throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(try await convert(JSONConverter(), "a.json", deep) == nil)
        #expect(try await convert(JSONConverter(), "a.json", "{\n \"a\": 1\n}\n") == nil)
        var limits = Limits()
        limits.documentBytes = 5000
        let list = "[" + String(repeating: "{\"a\":[{}]},", count: 400) + "1]"
        #expect(try await convert(JSONConverter(), "a.json", list, limits: limits) == nil)
    }
}
