// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestTraits
import Testing

/// Small pages and what becomes of them.
@Suite(.inTurn) struct HTMLConverterTests {
    private func expect(_ page: String, _ markdown: String, _ location: SourceLocation = #_sourceLocation) throws {
        #expect(try HTMLPages.markdown(page) == markdown, sourceLocation: location)
    }

    @Test(arguments: [
        ("<h1>A <b>b</b></h1><h6>c</h6>x", "# A b\n\n###### c\n\nx"), ("<h2></h2>a", "a"),
        ("<h2>a<br>b</h2>", "## a b"), ("<h2>C#</h2>", "## C#"), ("<h2>a #</h2>", "## a \\#"),
        ("<h2>a<a href=#a class=headerlink>¶</a></h2>", "## a"), ("<h2><a href=#a>a</a></h2>", "## a"),
        ("<h2><a href=/b>a</a></h2>", "## [a](/b)"), ("<h2><div>a</div><div>b</div></h2>", "## a b"),
        ("<h3><button>a</button></h3>", "### a"), ("<h1>a<h2>b", "# a\n\n## b"),
    ])
    func writesHeadings(_ page: String, _ markdown: String) throws { try expect(page, markdown) }

    @Test(arguments: [
        ("<p>a<p>b", "a\n\nb"), ("a<div>b</div>c", "a\n\nb\n\nc"), (" a \n\t b ", "a b"), ("a&nbsp;&nbsp;b", "a b"),
        ("wo&shy;rd&#8203;s", "words"), ("a<br>b", "a  \nb"), ("a<br><br>b", "a\n\nb"), ("<p>a<br></p>b", "a\n\nb"),
        ("a<hr>b", "a\n\n---\n\nb"), ("<hr>a", "a"), ("<p>&nbsp;</p>a", "a"), ("<center>a</center>b", "a\n\nb"),
        ("a<p>b</p>c", "a\n\nb\n\nc"), ("<span>a</span><span>b</span>", "ab"), ("<x-y>a</x-y> b", "a b"),
    ])
    func writesParagraphs(_ page: String, _ markdown: String) throws { try expect(page, markdown) }

    @Test(arguments: [
        ("<b>a</b>", "**a**"), ("<em>a</em>", "*a*"), ("<s>a</s><del>b</del>", "~~ab~~"), ("a<b> b </b>c", "a **b** c"),
        ("<b>a</b> <b>b</b>", "**a b**"), ("<b><b>a</b></b>", "**a**"), ("<b><i>a</i> b</b>", "***a* b**"),
        ("<b>a <i>b</b> c</i>", "**a *b*** *c*"), ("<b> </b>a", "a"),
        ("<b><p>a</p><p>b</p></b>c", "**a**\n\n**b**\n\nc"),
        ("<p><b>a<p>b", "**a**\n\nb"), ("a<b>:</b>b", "a:b"), ("<b>「a」</b>b", "「a」b"), ("<b>a</b>b", "**a**b"),
        ("<b><div>a</b>b</div>c", "**a**b\n\nc"), ("<q>a</q>", "“a”"), ("<var>x</var>", "*x*"),
        ("x<sup>2</sup>, 1<sup>st</sup>, e<sup>a b</sup>", "x^2, 1st, e^(a b)"),
        ("H<sub>2</sub>O x<sub>i</sub>", "H2O x_i"), ("<ruby>漢<rp>(<rt>kan<rp>)</ruby>", "漢(kan)"),
    ])
    func writesEmphasis(_ page: String, _ markdown: String) throws { try expect(page, markdown) }

    @Test(arguments: [
        ("5*3 a_b_c [x] a&b 1 < 2 #1 a! 50%", "5*3 a_b_c [x] a&b 1 < 2 #1 a! 50%"), ("*a*", "\\*a\\*"),
        ("_a_", "\\_a\\_"),
        ("__init__", "\\_\\_init\\_\\_"), ("2 * 3 * 4", "2 * 3 * 4"), ("`a`", "\\`a\\`"), ("it`s", "it`s"),
        ("[a](b)", "[a\\](b)"), ("&lt;b> &amp;lt; &lt;3", "\\<b> \\&lt; <3"), ("# a", "\\# a"), ("#a", "#a"),
        ("- a", "\\- a"), ("-a", "-a"), ("1. a", "1\\. a"), ("1.5 a", "1.5 a"), ("&gt; a", "\\> a"), ("+", "\\+"),
        ("---", "\\---"), ("a<br>===", "a  \n\\==="), ("~~a~~", "\\~\\~a\\~\\~"), ("~5", "~5"),
        ("a\\*b a\\b", "a\\\\*b a\\b"),
        ("[a]: b", "\\[a]: b"), ("!<a href=x>y</a>", "\\![y](x)"), ("a | b", "a | b"), ("<b>1. a</b>", "**1. a**"),
        ("```", "\\`\\`\\`"), (": a", "\\: a"), ("=", "\\="),
        // A backslash, and marks beside those of others.
        ("<b>a\\</b> b", "**a\\\\** b"), ("<a href=x>\\</a>", "[\\\\](x)"), ("<b>a *</b>", "**a \\***"),
        ("* <i>a</i> _ <b>_</b>", "\\* *a* _ **\\_**"), ("<s>a ~</s>", "~~a \\~~~"),
        // A line of dashes below one that would be a table's header.
        ("a<br>-|-", "a  \n\\-|-"), ("a<br>|", "a  \n|"), ("a<br>| -<br>b", "a  \n\\| -  \nb"), ("|-|", "|-|"),
        ("a<br>:-: b", "a  \n:-: b"), ("a<br>:-:", "a  \n\\:-:"),
    ])
    func escapesWhatWouldBeAMark(_ page: String, _ markdown: String) throws { try expect("<p>" + page, markdown) }

    @Test(arguments: [
        ("<ul><li>a<li>b</ul>c", "- a\n- b\n\nc"), ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        ("<ol start=9><li>a<li>b</ol>", "9. a\n10. b"), ("<ol><li value=3>a<li>b</ol>", "3. a\n4. b"),
        ("<ol start=-5><li>a</ol>", "0. a"), ("<ol start=99999999999999999999><li>a</ol>", "1. a"),
        ("<ul><li>a<ul><li>b<ol><li>c</ol></ul><li>d</ul>", "- a\n  - b\n    1. c\n- d"),
        ("<ul><li>a</li><ul><li>b</li></ul><li>c</li></ul>", "- a\n  - b\n- c"),
        ("<ul><li><p>a</p></li><li><p>b</p></li></ul>", "- a\n- b"),
        ("<ul><li><p>a<p>b<li>c</ul>", "- a\n\n  b\n\n- c"), ("<ul><li>a<pre>b</pre></ul>", "- a\n\n  ```\n  b\n  ```"),
        ("<ul><li></li><li>a</ul>", "- a"), ("<li>a<li>b", "- a\n\n- b"),
        ("<ul><li><h3>a</h3>b</ul>", "- ### a\n\n  b"),
        ("<ul><li><input type=checkbox checked> a<li><input type=checkbox> b</ul>", "- [x] a\n- [ ] b"),
        ("<ol><li>a<blockquote>b</blockquote></ol>", "1. a\n\n   > b"), ("<p>a<ul><li>b</ul>", "a\n\n- b"),
        ("<dl><dt>a<dt>b<dd>c<dd><p>d<p>e</dl>", "a\nb\n: c\n: d\n\n  e"), ("<dl><dd>a</dl>", "a"),
        ("<dl><dt>a</dt><dd>b</dd><dt>c</dt><dd>d</dd></dl>", "a\n: b\n\nc\n: d"),
        ("<blockquote>a<blockquote><p>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc"),
        ("<details><summary>a</summary>b</details>", "**a**\n\nb"),
    ])
    func writesListsAndQuotes(_ page: String, _ markdown: String) throws { try expect(page, markdown) }

    @Test(arguments: [
        ("<code>a</code><code>b</code>", "`ab`"), ("<code>a</code> <code>b</code>", "`a` `b`"),
        ("<code>`a</code><code>b``</code><code>c</code>d", "``` `ab``c ```d"),
        ("<h2><b><code>a</code></b><code>b</code></h2>", "## `ab`"),
        ("<b><code>a</code></b><code>b</code>", "**`a`**`b`"),
        ("<code>a</code>", "`a`"), ("<code>a`b</code>", "``a`b``"), ("<code>`</code>", "`` ` ``"),
        ("a<code> b\n c </code>d", "a `b c` d"), ("<code></code>a", "a"), ("<kbd>Ctrl</kbd>", "`Ctrl`"),
        ("<code><a href=x>a</a></code>", "[`a`](x)"), ("<a href=x><code>a</code></a>", "[`a`](x)"),
        ("<code>a&lt;<a href=x>b</a>></code>", "`a<b>`"), ("<code>a *b*</code> *", "`a *b*` *"),
        ("<b><code>a</code></b>", "**`a`**"), ("<pre>\na\n  b\n\n</pre>", "```\na\n  b\n```"),
        ("<pre>  a</pre>", "```\n  a\n```"), ("<pre>a\n```\n</pre>", "````\na\n```\n````"),
        ("<pre>a<br>b<div>c</div><div>d</div></pre>", "```\na\nb\nc\nd\n```"), ("<pre> \n</pre>a", "a"),
        ("<pre><code class='language-swift'>a</code></pre>", "```swift\na\n```"),
        ("<pre class='lang-js prettyprint'>a</pre>", "```js\na\n```"),
        ("<div class='highlight highlight-source-c++'><pre>a</pre></div>", "```c++\na\n```"),
        ("<pre class='sourceCode python'><code>a</code></pre>", "```python\na\n```"),
        ("<pre class='brush: java; gutter: false'>a</pre>", "```java\na\n```"),
        ("<pre class='language-`x'>a</pre>", "```\na\n```"), ("<pre class=language-none>a</pre>", "```\na\n```"),
        ("<table><tr><td class=gutter><pre>1\n2</pre><td class=code><pre>a\nb</pre></table>", "```\na\nb\n```"),
        ("<pre>a&lt;b&amp;&nbsp;*c*</pre>", "```\na<b&\u{A0}*c*\n```"), ("<xmp><b></xmp>", "```\n<b>\n```"),
        ("<pre><a href=x>a</a> <b>b</b></pre>", "```\na b\n```"),
    ])
    func writesCode(_ page: String, _ markdown: String) throws { try expect(page, markdown) }

    @Test(arguments: [
        ("<table><tr><th>a<th>b<tr><td>c<td>d</table>", "| a | b |\n| --- | --- |\n| c | d |"),
        ("<table><thead><tr><td>a</td></tr></thead><tr><th>b</table>", "| a |\n| --- |\n| b |"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "| a | b |\n| --- | --- |\n| c | d |"),
        ("<table><tr><th>a|b<td><code>c|d</code></table>", "| a\\|b | `c\\|d` |\n| --- | --- |"),
        ("<table><tr><th>a<p>b<br>c<tr><td><ul><li>d<li>e</ul></table>", "| a<br>b<br>c |\n| --- |\n| • d<br>• e |"),
        (
            "<table><tr><th colspan=2>a<th>b<tr><td>c<td>d<td>e</table>",
            "| a | | b |\n| --- | --- | --- |\n| c | d | e |"
        ),
        ("<table><tr><th rowspan=2>a<th>b<tr><td>c</table>", "| a | b |\n| --- | --- |\n| | c |"),
        ("<table><caption>t</caption><tr><th>a<tr><td>b</table>", "t\n\n| a |\n| --- |\n| b |"),
        ("<table><tr><th>a</th>stray<th>b</table>", "stray\n\n| a | b |\n| --- | --- |"),
        ("<table><tr><td>a<td>b</table>", "a\n\nb"), ("<table><tr><td>a<tr><td>b</table>", "a\n\nb"),
        (
            "<table><tr><td>a<table><tr><td>b<td>c<tr><td>d<td>e</table></table>",
            "a\n\n| b | c |\n| --- | --- |\n| d | e |"
        ),
        ("<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>", "a\n\nb\n\nc\n\nd"),
        ("<table><tr><th>a<tr><td><pre>b</pre></table>", "| a |\n| --- |\n| `b` |"),
        ("<table><tr><th>a<tr><td><pre>b\nc</pre></table>", "a\n\n```\nb\nc\n```"),
        ("<table><tr><th>a<tr><td><a href=x>b</a> <b>c</b></table>", "| a |\n| --- |\n| [b](x) **c** |"),
        ("<table><tr><td></td></tr></table>a", "a"), ("<td>a<tr>b", "ab"),
    ])
    func writesTables(_ page: String, _ markdown: String) throws { try expect(page, markdown) }

    @Test(arguments: [
        (
            "<math><semantics><mi>x</mi><annotation encoding='application/x-tex'>x^2</annotation></semantics></math>",
            "$x^2$"
        ),
        ("<math display=block alttext='a_b'><mi>a</mi></math>c", "$$\na_b\n$$\n\nc"),
        ("<math><mi>x</mi></math>", "$x$"),
        ("<span class=MathJax>y</span><script type='math/tex'>x*y*z</script>", "$x*y*z$"),
        ("a<script type='math/tex; mode=display'>x</script>", "a\n\n$$\nx\n$$"),
        (
            "<span style='display: none'><math><annotation encoding='application/x-tex'>x</annotation></math></span>"
                + "<span aria-hidden=true>x</span>", "$x$"
        ),
    ])
    func keepsTheSourceOfFormulas(_ page: String, _ markdown: String) throws { try expect(page, markdown) }

    @Test(arguments: [
        "<script>b</script>", "<style>b</style>", "<template>b</template>", "<noscript>b</noscript>",
        "<svg><title>b</title><text>b</text></svg>", "<iframe>b</iframe>", "<select><option>b</select>",
        "<button>b</button>",
        "<textarea>b</textarea>", "<input value=b>", "<p hidden>b</p>", "<p aria-hidden=true>b</p>",
        "<p style='color: red; Display : none'>b</p>", "<!-- b -->", "<nav>b</nav>", "<footer>b</footer>",
        "<header>b</header>", "<aside>b</aside>", "<div role=navigation>b</div>", "<dialog>b</dialog>",
        "<canvas>b</canvas>",
        "<svg><p hidden>b</svg>", "<a href=#x></a>", "<b></b>", "<ul></ul>", "<blockquote></blockquote>",
        "<object>b</object>", "<video>b</video>", "<datalist><option>b</datalist>", "<img src=x width=1 height=1>",
    ])
    func leavesOutWhatIsNoText(_ piece: String) throws { try expect("<p>a</p>\(piece)<p>c", "a\n\nc") }

    @Test(arguments: [
        ("<nav>a</nav>", "a"), ("<noscript>a</noscript>", "a"), ("<p hidden>a</p>", "a"), ("<footer>a</footer>", "a"),
        ("<main></main><nav>a</nav>", "a"), ("<select><option>a</select>", ""), ("", ""),
        ("<article> </article>a", "a"),
        ("<svg><circle></svg>", ""), ("<frameset><frame src=x></frameset>", ""),
    ])
    func findsTextWhereThereIsNoOther(_ page: String, _ markdown: String) throws { try expect(page, markdown) }

    private static let text = String(repeating: "word ", count: 40)

    @Test(arguments: [
        "<div>x</div><main>TEXT</main>", "<div>x</div><article>TEXT</article>", "x<div role=main>TEXT</div>x",
        "<nav>x</nav>TEXT", "<main><nav>x</nav>TEXT</main>",
        "<header>x</header><main>TEXT</main><footer>x</footer>",
    ])
    func takesTheMainPart(_ page: String) throws {
        let page = page.replacing("TEXT", with: Self.text)
        try expect(page, String(Self.text.dropLast()))
    }

    @Test(arguments: [
        ("<main><header><h1>x</h1></header>TEXT</main>", "# x\n\nTEXT"),
        ("<main>x<article>TEXT</article></main>", "x\n\nTEXT"),
        ("<article>TEXT</article><article>TEXT</article>", "TEXT\n\nTEXT"),
        ("<main>TEXT</main><main>TEXT</main>", "TEXT\n\nTEXT"), ("<main>TEXT<aside>x</aside></main>", "TEXT\n\nx"),
        ("<section><header>x</header>TEXT</section>", "x\n\nTEXT"),
    ])
    func keepsWhatBelongsToIt(_ page: String, _ markdown: String) throws {
        let text = String(Self.text.dropLast())
        try expect(page.replacing("TEXT", with: text), markdown.replacing("TEXT", with: text))
    }
}
