// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestSupport

extension Benchmark {
    static let site = Benchmark(name: "site", summary: "a site of 5,000 pages from a local nginx, beside wget -m") {
        report in
        let server = try await PageServer(pages: 5000)
        let product = try Product(home: server.folder.path("home"))
        let wget = try await server.mirror()
        report.figure("wget -m, first", wget.rate(5000), "pages/s")
        for (name, arguments) in [("sitemap", [String]()), ("crawl", ["--arg", "use=crawl"])] {
            let words =
                [
                    "ingest", server.origin + "/", "--fetcher", "site", "--to", "viking://resources/\(name)", "-q",
                    "--allow-private-networks",
                ] + arguments
            let start = try server.counts()
            let first = try await product.run(words)
            let between = try server.counts()
            report.figure("ov, by \(name), first", first.rate(5000), "pages/s", target: "bound by the server")
            report.figure("its requests", Double(between.all - start.all), "")
            report.figure("its peak memory", Double(first.peakMemory) / 1e6, "MB")
            let second = try await product.run(words)
            let end = try server.counts()
            report.figure("ov, by \(name), unchanged", second.rate(5000), "pages/s", target: ">= wget -m, first")
            report.figure("its requests", Double(end.all - between.all), "")
            report.figure("of them answered with 304", Double(end.unmodified - between.unmodified), "", target: "5000")
        }
        let trusting = [
            "ingest", server.origin + "/", "--fetcher", "site", "--to", "viking://resources/trusting", "-q",
            "--allow-private-networks", "--arg", "trust_lastmod=true",
        ]
        _ = try await product.run(trusting)
        let before = try server.counts()
        let third = try await product.run(trusting)
        report.figure("ov, trust_lastmod=true, unchanged", third.duration.seconds, "s")
        report.figure("its requests", Double(try server.counts().all - before.all), "", target: "1")
        server.stop()
    }
}

extension ChildProcess.Result {
    fileprivate func rate(_ pages: Int) -> Double { Double(pages) / duration.seconds }
}

/// An nginx with pages that were written long ago, in sections, with a sitemap.
private final class PageServer {
    let folder: TemporaryFolder
    private let port: Int
    private let process: ChildProcess

    init(pages: Int) async throws {
        folder = try TemporaryFolder()
        port = Int.random(in: 10_000..<32_000)
        try folder.makeFolder("pages")
        var corpus = TextCorpus(seed: 5)
        let words = String(decoding: corpus.document(size: 500_000), as: UTF8.self).split(separator: " ")
        var places = ["/"]
        for section in 0..<(pages / 100) {
            let links = (0..<100).map { "/section-\(section)/page-\($0).html" }
            for (number, link) in links.enumerated() {
                let start = (section * 100 + number) * 37 % (words.count - 1200)
                let text = words[start..<(start + 1200)].joined(separator: " ")
                try write(String(link.dropFirst()), "<h1>Page \(number)</h1><p>\(text)</p>", in: folder)
            }
            places += links
            let list = links.map { "<a href=\"\($0)\">a page</a>" }.joined(separator: "\n")
            try write("section-\(section)/index.html", list, in: folder)
        }
        let list = (0..<(pages / 100)).map { "<a href=\"/section-\($0)/\">a section</a>" }.joined(separator: "\n")
        try write("index.html", list, in: folder)
        let origin = "http://127.0.0.1:\(port)"
        let urls = places.dropFirst().map { "<url><loc>\(origin)\($0)</loc><lastmod>2024-01-01</lastmod></url>\n" }
        try folder.write("pages/sitemap.xml", "<urlset>\n\(urls.joined())</urlset>\n")
        try folder.write("nginx.conf", Self.configuration(port))
        process = try ChildProcess(
            ChildProcess.Command("/usr/sbin/nginx", ["-p", folder.path, "-c", "nginx.conf", "-e", "error.log"]))
        // It does not say when it listens.
        try await Task.sleep(for: .milliseconds(500))
    }

    var origin: String { "http://127.0.0.1:\(port)" }

    func stop() { process.signal(SIGKILL) }

    /// As `wget -m` does it: by links. A second time it would stop at the first page, which it is told has not changed.
    func mirror() async throws -> ChildProcess.Result {
        try await succeeding(
            ChildProcess.Command(
                "/usr/bin/wget", ["-q", "-m", "-e", "robots=off", "-P", folder.path("mirror"), origin + "/"],
                environment: ["HOME": folder.path, "PATH": "/usr/bin:/bin"]))
    }

    /// How many requests there were so far.
    func counts() throws -> (all: Int, unmodified: Int) {
        let lines = try folder.read("access.log").split(separator: 10)
        return (lines.count, lines.filter { $0.suffix(3).elementsEqual("304".utf8) }.count)
    }

    private static func configuration(_ port: Int) -> String {
        let user = getuid() == 0 ? "user root;" : ""
        return """
            daemon off; master_process off; \(user) pid nginx.pid;
            events { worker_connections 256; }
            http {
                types { text/html html; application/xml xml; }
                log_format short '$request_uri $status';
                access_log access.log short;
                keepalive_requests 100000;
                client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4;
                scgi_temp_path t5;
                server { listen 127.0.0.1:\(port); root pages; }
            }

            """
    }
}

private func write(_ path: String, _ body: String, in folder: TemporaryFolder) throws {
    let page = "<!DOCTYPE html>\n<html><head><title>\(path)</title></head><body><main>\(body)</main></body></html>\n"
    try folder.write("pages/\(path)", page)
    try folder.setModified("pages/\(path)", 1_700_000_000_000_000_000)
}
