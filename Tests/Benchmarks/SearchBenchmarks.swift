// SPDX-License-Identifier: Apache-2.0

import OVTestSupport

extension Benchmark {
    static let search = Benchmark(name: "search", summary: "ov find, grep and glob over 10,000 files, about 100 MB") {
        report in
        let folder = try TemporaryFolder()
        var corpus = TextCorpus(seed: 3)
        let bytes = try corpus.fill(folder, "tree", files: 10_000)
        try folder.write("tree/needle.md", "# Needle\n\nThe xylophone stands here.\n")
        let product = try Product(home: folder.path("home"))
        let ingest = try await product.run("ingest", folder.path("tree"), "--to", "viking://resources/big", "-q")
        report.figure("ov ingest, with the index", ingest.duration.seconds, "s")
        report.figure("the text", Double(bytes) / 1e6, "MB")
        let commands: [(String, [String], String?)] = [
            ("ov find, a rare word", ["find", "xylophone"], "< 60 ms"),
            ("ov find, three words", ["find", "tare mi conver"], "< 60 ms"),
            ("ov find, a phrase", ["find", "\"stands here\""], "< 60 ms"),
            ("ov grep, a literal", ["grep", "-F", "xylophone"], nil),
            ("ov grep, a class", ["grep", "[xy]ylo[a-z]+ne"], nil),
            ("ov grep, a hostile pattern", ["grep", "(x+x+)+y$"], nil),
            ("ov glob", ["glob", "needle.*"], nil),
        ]
        for (name, words, target) in commands {
            var times: [Double] = []
            for _ in 0..<7 { times.append(try await product.run(words).duration.milliseconds) }
            report.figure(name, times.median, "ms", target: target)
        }
    }
}
