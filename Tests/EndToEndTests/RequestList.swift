// SPDX-License-Identifier: Apache-2.0

import OVTestSupport

/// Requests that one curl sends one after the other, and which of them were answered well.
struct RequestList: Sendable {
    /// Whom to ask on this machine; nil for over TCP.
    private let socket: String?
    private var sections: [String] = []

    init(socket: String? = nil) { self.socket = socket }

    /// - Parameter tag: what the request is called in the outcome; one word.
    mutating func add(_ tag: String, _ method: String, _ url: String, _ body: String? = nil) {
        var section = """
            url = "\(url)"
            request = "\(method)"
            output = "/dev/null"
            write-out = "%{http_code} \(tag)\\n"
            silent
            max-time = 60

            """
        if let socket { section += "unix-socket = \"\(socket)\"\n" }
        if let body {
            let quoted = body.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
            section += "header = \"Content-Type: application/json\"\ndata = \"\(quoted)\"\n"
        }
        sections.append(section)
    }

    /// Sends them until all are sent, or until nobody answers.
    /// - Returns: the tags of those that were answered with 200.
    func send(from folder: TemporaryFolder) async throws -> Set<String> {
        let file = "requests-\(UInt64.random(in: 0...(.max)))"
        try folder.write(file, sections.joined(separator: "next\n"))
        let command = ChildProcess.Command(
            "/usr/bin/curl", ["--fail-early", "-K", folder.path(file)], environment: ["PATH": "/usr/bin:/bin"])
        let result = try await ChildProcess(command).wait(atMost: .seconds(120))
        let answers = result.text.split(separator: "\n").map { $0.split(separator: " ") }
        return Set(answers.filter { $0.count == 2 && $0[0] == "200" }.map { String($0[1]) })
    }
}
