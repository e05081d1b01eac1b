// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import Testing

/// An archive that somebody has uploaded.
struct UploadedArchive {
    let folder: TemporaryFolder
    let reference: UploadReference
    let name: String

    init(_ name: String, _ bytes: [UInt8]) throws {
        folder = try TemporaryFolder()
        reference = UploadReference(id: SeededRandom(seed: 1).nextTaskID())
        self.name = name
        try folder.write("uploads/\(reference.id)/\(name)", bytes)
    }

    /// Runs a Python program that writes an archive to `out`, a file that is open for it.
    static func python(_ name: String, _ program: String) async throws -> UploadedArchive {
        let script =
            "import io, os, struct, sys, tarfile, zipfile\nout = io.BytesIO()\n" + program
            + "\nsys.stdout.buffer.write(out.getvalue())\n"
        return try UploadedArchive(name, try await bytes(["python3", "-c", script]))
    }

    static func bytes(_ arguments: [String], in folder: String = "/") async throws -> [UInt8] {
        let command = ChildProcess.Command(
            "/usr/bin/env", ["-C", folder] + arguments,
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"])
        let result = try await ChildProcess(command).wait()
        try #require(result.status == 0, "\(result.name): \(result.errors)")
        return result.output
    }

    func record(limits: Limits = Limits(), options: Source.Options = Source.Options()) async throws
        -> RecordingSink.Record
    {
        let source = Source(
            fetcher: UploadReference.fetcher, location: reference.text + "/" + name, options: options)
        return try await UploadFetcher(folder: folder.path("uploads")).record(source, limits: limits)
    }

    /// Why it cannot be used.
    func failure(limits: Limits = Limits()) async throws -> FetchError {
        try #require(await #expect(throws: FetchError.self) { try await record(limits: limits) })
    }

    /// Whether it can still be tried again.
    var isThere: Bool { (try? folder.read("uploads/\(reference.id)/\(name)")) != nil }
}
