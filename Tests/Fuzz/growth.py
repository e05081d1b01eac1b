# SPDX-License-Identifier: Apache-2.0
"""Inputs that repeat one thing again and again: of what is quadratic, twice as many take four times as long."""
import io
import struct
import zipfile

# For each target: what stands in front, and the pieces that are repeated behind it. A number in braces counts.
PIECES = {
    "html-tokenizer": (b"\x20", [
        b"<", b"&", b"</", b"<!", b"<!--", b"<!-->", b"--", b"<a ", b"<a b", b"<a b='", b"a=b ", b"<a {}=1>", b"&am", b"&#",
        b"&#1", b"&notit", b"<script><!--<script>", b"</script", b"<title>", b"</title", b"<![CDATA[", b"]]", b"\0", b"\r",
        b"<!DOCTYPE ", b"<?"]),
    "html-markdown": (b"\x10", [
        b"<", b"<p>", b"<b>", b"<i><b>", b"<a href=x>", b"<a href=x>y</a>", b"<div>", b"<ul><li>", b"<ol>", b"<blockquote>",
        b"<table>", b"<table><tr><td>", b"<tr><td>x", b"<td colspan=1000>x", b"<td rowspan=1000>x<tr>", b"<dl><dt>x<dd>",
        b"<pre>", b"<code>`", b"<h1>x", b"</p>", b"</b>", b"</div>", b"<p></div>", b"<br>", b"<hr>", b"<img src=x alt=y>",
        b"x ", b"x\n", b"*", b"_", b"[", b"]", b"`", b"|", b"<sup><a href=#fn{}>1</a></sup>", b"<p id=fn{}>x", b"<select><option>",
        b"<template>", b"<svg><p>", b"<math>", b"<button>", b"<form>", b"<nobr>", b"<p class=a{}>x", b"<p>\\", b"<p>1. ",
        b"<section><p>text, text, text.</p></section>", b"<meta name=description content=x>", b"<link rel=canonical href=x>",
        b"<script type='application/ld+json'>{\"a\":", b"<li>x", b"<span>", b"<a id={}>", b"<p>&nbsp;", b"<caption>", b"<details><summary>x",
        b"<body a{}=b>", b"<html a{}=b>", b"<frameset>", b"<em>a</em>", b"<del>", b"<p>x<!--", b"<figure><figcaption>x"]),
    "page-links": (b"\x00", [b"<a href=x>", b"<a href={}>", b"<link rel=alternate type=application/rss+xml href={}>", b"<base href=x/>"]),
    "xml-strict": (b"\x00<a>", [b"<a>", b"<a/>", b"<b{}/>", b"<a x{}='1'/>", b"<a xmlns:p{}='u'/>", b"<a xmlns:p='u{}'>", b"<!--x-->", b"<?p ?>", b"&lt;", b"]", b"x", b"<![CDATA[]]>"]),
    "xml-lenient": (b"\x00<a>", [b"<", b"&", b"<a>", b"</b>", b"<b></a>", b"<a x", b"&am", b"&#", b"<![CDATA[", b"<!--", b"<!", b"]]", b"<b{}>", b"</b{}>", b"<a xmlns:p='u{}'>"]),
    "feed": (b"\x00<rss><channel>", [
        b"<item>", b"<item><title>x</title></item>", b"<item><b{}/></item>", b"<item><title><b{}>x</b{}></title></item>",
        b"<item><description>&lt;p></description></item>", b"<item xml:base='x/'>", b"<channel xml:base='x/'>", b"<item><link>x</link><guid>a</guid></item>",
        b"<item xmlns:p='u{}'><title>x</title></item>", b"<item><title>"]),
    "feed-document": (b"\x00<rss><channel>", [
        b"<item><description>&lt;h1>x&lt;pre># y</description></item>", b"<item/>", b"<item><title>x</title>", b"<title>x</title>"]),
    "layout": (b"\x01<a>", [b"<a>", b"<a/>", b"x<b/>", b"<!-- -->", b"<b c='", b" ", b"<b></b>", b"<b>x</b>"]),
    "table": (b"\x00", [b"a,b\n", b"\"", b"\"\",", b",", b"a;b,c\td|e\n"]),
    "markup": (b"\x00", [b"=\n", b"x\n=\n", b"x::\n\n  y\n", b".. x\n", b".. code::\n", b"* x\n", b"----\n", b"|===\n"]),
    "sitemap": (b"<urlset>", [b"<url><loc>http://a/{}</loc></url>", b"<url>", b"<loc>"]),
    "robots": (b"a/b\nUser-agent: ov\n", [
        b"Disallow: /{}\n", b"Allow: /*{}*b$\n", b"User-agent: ov\n", b"Sitemap: http://a/\n", b"\n", b"#", b"Disallow: /a*b*\nCrawl-delay: 1\n"]),
    "markdown": (b"", [
        b"# x\n", b"###### x\n", b"x\n===\n", b"> ", b"- ", b"1. ", b"  ", b"\t", b"```\n", b"```", b"`", b"*", b"_", b"*a ", b"_a_", b"[", b"]", b"[a](", b"![", b"[a]: b\n",
        b"<", b"<a", b"<!--", b"<div>\n", b"<b>\n", b"&", b"&am", b"|", b"| a ", b"|-", b"\\", b"- a\n", b"> a\n", b"  - a\n", b"x", b"x ", b"\n", b"---\n", b"---\na: b\n",
        b"<http://", b"**a", b"~~", b"a`b``c"]),
    "words": (b"", [b"x", b"x ", b"w{} ", b"aB", b"a_b", b"a.b", b"1", b"1.", b"\xe6\x9d\xb1", b"\xcc\x81", b"# w{}\n", b"## x\n", b"-", b"e\xcc\x81"]),
    "abstract": (b"\x01", [b"#", b"# x\n", b"\"\"\"", b"//", b"/*", b"*", b"x\n", b"\n", b"'''\n"]),
    "text": (b"\n", [b"x", b"\x80", b"\xe4\xb8", b"\0", b"\x1b$B", b"\xff\xfe"]),
    "diff": (b"", [b"a\n", b"{}\n", b"\n"]),
    "json": (b"", [b"[", b"{\"a\":", b"[1,", b"\"\\u0000", b"1", b"\"a", b"\\", b" "]),
    "inflate": (b"\0", [b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0"]),
    "state-file": (b"\0", [b"\x1f", b"\x1f\x8b\x08\x04", b"\x1f\x8b\x08\x04\0\0\0\0\0\xff \0OV\x1c\0"]),
    "document-list": (b"L\x02\x00\x00", [b"\xff\xff\xff\x01", b"\x01"]),
    "gitignore": (b"a/b/c\n", [b"*", b"**/", b"a\n", b"!*{}\n", b"[", b"\\", b"{}", b"a*b*c\n", b"/"]),
    "url": (b"http://a/", [b"../", b"/", b"%", b"a", b"?", b"#", b"@", b":"]),
}


def repeated(target, piece, size):
    start = PIECES[target][0]
    if b"{}" not in piece:
        return start + piece * (size // len(piece))
    out, length, number = [start], 0, 0
    while length < size:
        out.append(piece.replace(b"{}", b"%d" % number))
        length, number = length + len(out[-1]), number + 1
    return b"".join(out)


def tar_header(name, kind, size):
    block = name.ljust(100, b"\0") + b"0000644\0" * 3 + b"%011o\0" % size + b"0" * 11 + b"\0" + b" " * 8 + kind
    block = (block.ljust(257, b"\0") + b"ustar\x0000").ljust(512, b"\0")
    return block[:148] + b"%06o\0 " % sum(block) + block[156:]


def archives(target, count):
    """Named archives of so many entries."""
    if target == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for number in range(count):
                archive.writestr(zipfile.ZipInfo(f"f{number}"), b"")
        yield "entries", b"\1" + out.getvalue()
        yield "ends", b"\1" + b"PK\x05\x06" * (count * 8)
        yield "end-like", b"\1" + (b"PK\x05\x06" + b"\0" * 16 + b"\xff\xff") * (count * 2)
    if target == "tar":
        record = b"20 comment=12345678\n"[:20]
        body = b"".join(b"%d c=%s\n" % (len(b"12345678") + 6, b"12345678") for _ in range(36))[:504]
        yield "folders", b"\5" + b"".join(tar_header(b"d%d/" % n, b"5", 0) for n in range(count)) + bytes(1024)
        yield "files", b"\5" + b"".join(tar_header(b"f%d" % n, b"0", 0) for n in range(count)) + bytes(1024)
        yield "pax", b"\5" + (tar_header(b"x", b"x", len(body)) + body.ljust(512, b"\0")) * count
        yield "global", b"\5" + b"".join(
            tar_header(b"g", b"g", 20) + (b"20 OV.a%06d=12345\n" % n)[:20].ljust(512, b"\0") for n in range(count))
        yield "long", b"\5" + (tar_header(b"l", b"L", 512) + b"n" * 512) * count
        records = b"".join(b"20 OV.b%06d=1234\n" % n for n in range(count))
        yield "records", b"\5" + tar_header(b"x", b"x", len(records)) + records.ljust(-(-len(records) // 512) * 512, b"\0")
        yield "map", b"\5" + tar_header(b"s", b"S", 0) + (b"\0" * 504 + b"\1" + b"\0" * 7) * count
        yield "bytes", b"\1" + b"".join(tar_header(b"f%d" % n, b"0", 0) for n in range(count // 8)) + bytes(1024)
