// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem
import OVTestTraits
import Testing

/// Nothing goes around the fence: whatever could open a connection or start a program is in one of these files.
@Suite(.inTurn) struct ConnectionPlacesTests {
    /// Why each is there.
    private static let places: [(file: String, signs: Set<String>, why: String)] = [
        ("OVIngest/Egress/NameResolver.swift", ["getaddrinfo("], "asks for addresses, for the guard to look at"),
        (
            "OVIngest/Web/WebClient.swift", ["import AsyncHTTPClient", "import NIOSSL", "HTTPClient("],
            "the client behind the guard"
        ),
        ("OVIngest/Web/WebSession.swift", ["import AsyncHTTPClient"], "asks the guard before each request"),
        (
            "OVIngest/Web/WebFailure.swift", ["import AsyncHTTPClient", "import NIOPosix", "import NIOSSL"],
            "names of errors"
        ),
        (
            "OVIngest/Git/GitProgram.swift", ["ChildProgram.Command(", "ChildProgram.run(", "ChildProgram.output("],
            "git, whose addresses GitRoute has checked"
        ),
        (
            "OVIngest/Plugin/PluginFetcher.swift", ["ChildProgram.run("],
            "plug-ins, which are trusted, and named by this machine's users"
        ),
        ("OVIngest/Plugin/PluginRequest.swift", ["ChildProgram.Command("], "the same"),
        (
            "OVIngest/Plugin/ConversionRun.swift", ["ChildProgram.output("],
            "converters, which are trusted, and put in place by this machine's users"
        ),
        ("OVIngest/Plugin/ConverterPlugins.swift", ["ChildProgram.Command("], "the same"),
        ("OVIngest/Convert/PDFConverter.swift", ["ChildProgram.Command("], "pdftotext, which reads a file"),
        ("OVSystem/Programs", ["posix_spawn", "ov_spawn(", "socketpair("], "starts what it is told to"),
        ("COVSystem/calls.c", ["posix_spawn", "ov_spawn("], "the same"),
        ("COVSystem/include", ["ov_spawn("], "the same"),
        (
            "OVSystem/ServiceNotice.swift", ["socket(", "sendto("],
            "tells the service manager, over a socket of this machine"
        ),
        (
            "OVClient/Transport", ["import AsyncHTTPClient", "import NIOPosix", "import NIOSSL", "HTTPClient("],
            "the server that the user of the command line names"
        ),
        ("OVClient/RemotePlane+Feeds.swift", ["import AsyncHTTPClient"], "the same"),
        (
            "OVHTTP", ["import Hummingbird", "import HummingbirdCore", ".unixDomainSocket("],
            "listens; connects to nobody"
        ),
        ("OVCLI/Daemon", [], "listens by OVHTTP"),
    ]

    private static let signs = [
        "import AsyncHTTPClient", "import NIOPosix", "import NIOSSL", "import FoundationNetworking",
        "import Foundation", "import Network",
        "import Hummingbird", "import HummingbirdCore", "HTTPClient(", "ClientBootstrap", "DatagramBootstrap",
        "URLSession", "getaddrinfo(",
        "gethostbyname", "socket(", "socketpair(", "connect(", "sendto(", "sendmsg(", "posix_spawn", "ov_spawn(",
        "fork(", "execv", "execl",
        "system(", "popen(", "dlopen(", "ChildProgram.Command(", "ChildProgram.run(", "ChildProgram.output(",
        ".unixDomainSocket(",
    ]

    @Test func everyPlaceIsKnown() throws {
        let root = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/Sources"
        var (files, found) = (0, [String]())
        for (file, text) in try Self.sources(below: root) {
            files += 1
            let allowed = Self.places.filter { file == $0.file || file.hasPrefix($0.file + "/") }
                .reduce(into: Set<String>()) { $0.formUnion($1.signs) }
            for sign in Self.signs where !allowed.contains(sign) && Self.contains(sign, text) {
                for line in text.split(separator: "\n") where Self.has(sign, line) { found.append("\(file): \(line)") }
            }
        }
        #expect(files > 400)
        #expect(found.isEmpty, "a place that could go around the fence; say in the list why it does not")
    }

    private static func contains(_ sign: String, _ text: String) -> Bool {
        strstr(text, sign) != nil
    }

    /// Not in comments, and not as a part of a longer name or of a declaration.
    private static func has(_ sign: String, _ line: Substring) -> Bool {
        let code = line.drop { $0 == " " }
        guard !code.hasPrefix("//"), !code.hasPrefix("*"), let range = code.firstRange(of: sign) else { return false }
        if sign.hasPrefix("import") { return code.hasSuffix(sign) }
        guard sign.first != ".", let before = code[..<range.lowerBound].last else { return true }
        return !(before.isLetter || before.isNumber || before == "_" || before == ".") && !code.contains("func \(sign)")
            && !code.contains("case \(sign)")
    }

    private static func sources(below root: String) throws -> [(String, String)] {
        var (folders, files): ([String], [(String, String)]) = ([""], [])
        while let folder = folders.popLast() {
            let listing = try FolderListing(
                of: Descriptor(opening: root + "/" + folder, O_RDONLY | O_DIRECTORY), atMost: 10_000)
            for entry in listing.entries {
                let path =
                    (folder.isEmpty ? "" : folder + "/") + String(decoding: listing.name(of: entry), as: UTF8.self)
                let status = try FileStatus(of: root + "/" + path)
                if status.kind == .folder { folders.append(path) }
                guard path.hasSuffix(".swift") || path.hasSuffix(".c") || path.hasSuffix(".h") else { continue }
                let bytes = try Descriptor(opening: root + "/" + path, O_RDONLY).read(Int(status.size), at: 0)
                files.append((path, String(decoding: bytes, as: UTF8.self)))
            }
        }
        return files
    }
}
