# SPDX-License-Identifier: Apache-2.0
"""What fuzzing begins with: well-formed inputs of every kind, so that what is altered gets past the first check."""
import gzip
import io
import pathlib
import re
import tarfile
import zipfile
import zlib

FIXTURES = pathlib.Path(__file__).resolve().parent.parent.parent / "fixtures"

FEEDS = [
    b"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title><item><title>One &amp; two</title>
<link>http://example.org/1</link><guid isPermaLink="false">x</guid><pubDate>Tue, 03 Jun 2003 09:39:21 GMT</pubDate>
<author>a@example.org (A)</author><description>&lt;p&gt;Text</description><content:encoded><![CDATA[<p>All</p>]]>
</content:encoded><dc:date>2003-06-03</dc:date></item></channel></rss>""",
    b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/b/" xml:lang="en"><entry><id>urn:1</id><title type="html">T
</title><link rel="alternate" href="x"/><updated>2003-12-13T18:30:02Z</updated><author><name>A</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>All</p></div></content><summary>S</summary></entry>
</feed>""",
    b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><item
rdf:about="http://a/"><title>T</title><link>http://a/</link></item></rdf:RDF>""",
    b"""{"version":"https://jsonfeed.org/version/1.1","language":"en","authors":[{"name":"A"}],"items":[{"id":"1",
"url":"http://a/1","title":"T","content_html":"<p>x","content_text":"x","date_published":"2020-01-01T00:00:00Z"}]}""",
]
SITEMAP = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://a/b</loc>
<lastmod>2024-01-01</lastmod></url><url><loc>http://a/c</loc></url></urlset>"""
NOTEBOOK = b"""{"nbformat":4,"metadata":{"title":"T","language_info":{"name":"python"}},"cells":[
{"cell_type":"markdown","source":["# One\\n","x"]},{"cell_type":"code","source":"x = '```'\\n","outputs":[
{"output_type":"stream","text":["1%\\r2%\\n","\\u001b[31mred\\u001b[0m"]},
{"output_type":"execute_result","data":{"text/plain":["a"],"text/markdown":"**b**"}},
{"output_type":"error","ename":"E","evalue":"v","traceback":["t"]}]},{"cell_type":"raw","source":"r"}]}"""
MARKDOWN = b"""---
title: T
---
# One

Text with *emphasis*, `code`, [a link](b "c") and ![an image](d).

Setext
======

- a list
  1. in a list
> a quote

```swift
# no heading
```

<div>
# in HTML
</div>

## Two

| a | b |
|---|---|
| c | d |
"""


def archives():
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", method) as archive:
            archive.writestr("a/b.md", "text " * 20)
            archive.writestr("ünï.txt", "x")
            archive.writestr("folder/", "")
            archive.writestr("empty", "")
        yield out.getvalue()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        with archive.open(zipfile.ZipInfo("large"), "w", force_zip64=True) as member:
            member.write(b"zip64")
        archive.comment = b"a comment"
    yield out.getvalue()


def small_package(path):
    """A document of an office, or a book, without its pictures and other looks."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as small:
        for info in package.infolist():
            data = package.read(info)
            isLooks = re.search(r"theme|slideLayouts/|slideMasters/|\.(png|jpe?g|emf)$", info.filename)
            if len(data) <= 8000 and not isLooks:
                small.writestr(zipfile.ZipInfo(info.filename), data)
    return out.getvalue()


def tars():
    for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=form) as archive:
            for name, text in (("a/b.md", b"text"), ("n" * 60 + "/" + "m" * 70, b"long"), ("empty", b"")):
                info = tarfile.TarInfo(name)
                info.size = len(text)
                if form == tarfile.PAX_FORMAT:
                    info.pax_headers = {"OV.etag": "x", "mtime": "1234567890.5"}
                archive.addfile(info, io.BytesIO(text))
            for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE):
                info = tarfile.TarInfo("kind" + kind.decode())
                info.type, info.linkname = kind, "a/b.md"
                archive.addfile(info)
        # Without the filler of the tape.
        yield out.getvalue().rstrip(b"\0").ljust(len(out.getvalue()) // 512 * 512, b"\0")[:8192]


def state_texts(path):
    texts, data = [], path.read_bytes()
    while data.startswith(b"\x1f\x8b"):
        reader = zlib.decompressobj(31)
        try:
            texts.append(reader.decompress(data))
        except zlib.error:
            break
        data = reader.unused_data
    return texts


def document_lists():
    for path in sorted(FIXTURES.glob("stores/*/packs/*.pack"))[:4]:
        data = path.read_bytes()
        for place in range(len(data)):
            if data[place] == 0x78:
                try:
                    text = zlib.decompressobj().decompress(data[place:])
                except zlib.error:
                    continue
                if text[:1] == b"L":
                    yield text


def seeds(target):
    pages = [path.read_bytes() for path in sorted(FIXTURES.glob("html/*.html"))]
    match target:
        case "html-tokenizer":
            return [bytes([choice]) + page[:4000] for choice in (0, 32, 48, 3, 43, 1, 5) for page in pages[:2]]
        case "html-markdown" | "page-links":
            return [bytes([choice]) + page[:12000] for choice in (0, 16, 24) for page in pages] + [b"\1" + MARKDOWN]
        case "xml-strict" | "xml-lenient":
            return [bytes([choice]) + text for choice in (0, 4, 12, 20, 28) for text in FEEDS[:3] + [SITEMAP]]
        case "feed":
            return [b"\0" + text for text in FEEDS]
        case "sitemap":
            return [SITEMAP, gzip.compress(SITEMAP, mtime=0), b"http://a/b\nhttp://a/c\n",
                    SITEMAP.replace(b"urlset", b"sitemapindex").replace(b"url>", b"sitemap>")]
        case "robots":
            return [b"a/b?c\nUser-agent: *\nDisallow: /a\nAllow: /a/*.md$\nCrawl-delay: 2\nSitemap: http://a/s.xml\n",
                    b"\nUser-agent: ov\nUser-agent: x\nDisallow:\n\nUser-Agent: *\nDisallow: /%7euser/ # x\n"]
        case "zip":
            return [b"\0" + data for data in archives()] + [b"\1" + data for data in archives()]
        case "tar":
            return [bytes([choice]) + data for choice in (0, 2, 6) for data in tars()]
        case "office":
            paths = [path for kind in ("docx", "xlsx", "pptx", "odt", "ods", "odp")
                     for path in sorted(FIXTURES.glob(f"documents/*.{kind}"))]
            return [bytes([choice]) + small_package(path) for choice in (0, 2) for path in paths]
        case "book":
            return [b"\0" + small_package(path) for path in sorted(FIXTURES.glob("documents/*.epub"))]
        case "notebook":
            return [NOTEBOOK, NOTEBOOK.replace(b'"cells"', b'"worksheets":[{"cells"').replace(b"]}", b"]}]}")]
        case "table":
            return [b"\0a,b,c\n1,\"x, y\",\"z \"\"q\"\"\n|\"\n", b"\0sep=;\na;b\n1;2\n", b"\1a\tb\nc\td\n"]
        case "layout":
            return [b"\0" + FEEDS[3], b"\0" + NOTEBOOK, b'\0{"a":[1,[2,{}],"\\u00e9"],"b":{"c":null}}',
                    b"\1<?xml version='1.0'?><a b='>'><c/><d>x<e/></d><!-- n --><f xml:space='preserve'> <g/></f></a>"]
        case "markup":
            return [b"\0Title\n=====\n\nOne\n---\n\n.. code-block:: c\n\n   int x;\n\nText::\n\n  literal\n\n.. note:: x\n",
                    b"\1= Title\n:a: b\n\n== One\n\n[source,c]\n----\nint x;\n----\n\n....\nx\n....\n",
                    b"\2#+TITLE: T\n* One\n** TODO Two\n#+BEGIN_SRC c\nint x;\n#+END_SRC\n: literal\n"]
        case "feed-document":
            return [bytes([choice]) + text for choice in (0, 2) for text in FEEDS[:3]] + [b"\1" + FEEDS[3]]
        case "inflate":
            return [b"\0" + gzip.compress(MARKDOWN, mtime=0) * 2, b"\0" + zlib.compress(MARKDOWN),
                    b"\1" + zlib.compress(MARKDOWN)[2:-4], b"\x0e" + gzip.compress(b"\0" * 3000, mtime=0)]
        case "state-file":
            return [bytes([choice]) + path.read_bytes() for choice in (0, 2)
                    for path in sorted(FIXTURES.glob("stores/*/state.json.gz*"))]
        case "state-text":
            texts = [state_texts(path) for path in sorted(FIXTURES.glob("stores/*/state.json.gz*"))]
            return sorted({b"\0".join(text) for text in texts if text})
        case "document-list":
            return sorted(set(document_lists()))
        case "markdown" | "words":
            return [MARKDOWN] + [path.read_bytes() for path in sorted(FIXTURES.glob("html/*.md"))]
        case "abstract":
            return [bytes([n]) + text for n in range(6) for text in
                    (MARKDOWN, b"#!/bin/sh\n# Says hello.\necho\n", b'"""Doc.\n\nMore."""\nimport os\n', b"/** Doc. */\nint x;\n")]
        case "text":
            return [label + b"\n" + MARKDOWN for label in (b"", b"utf-8", b"utf-16", b"iso-8859-1", b"shift_jis", b"gbk")]
        case "diff":
            return [MARKDOWN + b"\0" + MARKDOWN.replace(b"One", b"Three"), MARKDOWN + b"\0" + MARKDOWN[100:] + MARKDOWN[:100]]
        case "regex":
            lines = b"\nhello world\nHELLO 42 foo_bar\n\xc3\xbcber stra\xc3\x9fe\n"
            return [bytes([n]) + p + lines for n in (0, 1, 2, 3) for p in
                    (b"hel+o", b"\\bfoo\\w*", b"[a-f]{2,4}|x?$", b"(?i)H(?:E|e)llo", b"\\p{L}+\\d", b"^$", b"(a|b)*c.?")]
        case "query":
            return [b'server "host name" conf* -missing', b"title:installing +port path:folder type:markdown"]
        case "glob":
            return [b"**/*.md\na/b/c.md", b"src/{a,b}/[a-z]?.txt\nsrc/a/xy.txt", b"*.md\nx.md", b"a*b*c\nabxc"]
        case "gitignore":
            return [b"a/b/c.md\n*.md\n!c.md\n/a/\n**/b\n#x\nfoo\\ \n[!x]*\n"]
        case "page-path":
            return [b"/a/b.html\nx=1", b"/%41%2f/guide/", b"/a//b.pdf"]
        case "url":
            return [b"https://user:pass@example.org:8080/a/../b?c#d\n../x", b"http://[::1]/\n//other/y", b"http://0x7f.1/\n?q"]
        case "http-date":
            return [b"Sun, 06 Nov 1994 08:49:37 GMT", b"Sunday, 06-Nov-94 08:49:37 GMT", b"Sun Nov  6 08:49:37 1994"]
        case "json":
            return [b'{"a":[1,-2.5e3,true,null,"\\u00e9\\ud83d\\ude00"],"b":{}}', FEEDS[3]]
        case "viking-uri":
            return [b"viking://resources/a/b.md", b"viking://user/x", b"viking://~/a", b"a/b\xff/c"]
        case "timestamp":
            return [b"2026-01-01T00:00:00.000Z", b"7f02e980-8df9-4f27-a570-000000000032"]
    return []
