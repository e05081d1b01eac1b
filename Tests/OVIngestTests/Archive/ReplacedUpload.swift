// SPDX-License-Identifier: Apache-2.0

import OVCore
import OVIngest
import OVTestSupport
import Synchronization

/// A folder that is uploaded anew for each run, as an archive: an upload is used up by its run.
final class ReplacedUpload: ContractSource {
    private let folder: TemporaryFolder
    private let random = SeededRandom(seed: 1)
    private let documents = Mutex<[String: String]>([:])
    let fetcher: any Fetcher
    let isSingle = false

    init() throws {
        folder = try TemporaryFolder()
        fetcher = UploadFetcher(folder: folder.path("uploads"))
    }

    var source: Source {
        let reference = UploadReference(id: random.nextTaskID())
        var tar = TarBytes()
        for (path, text) in documents.withLock({ $0 }).sorted(by: { $0.key < $1.key }) { tar.add(path, text) }
        tar.end()
        // What is not there is what the run says then.
        try? folder.write("uploads/\(reference.id)/docs.tar", tar.bytes)
        return Source(fetcher: UploadReference.fetcher, location: reference.text + "/docs.tar")
    }

    func put(_ documents: [String: String]) async throws { self.documents.withLock { $0 = documents } }
    /// Each run has an upload of its own anyway.
    func touch() async throws {}
    func removeAll() async throws { try folder.remove("uploads") }
}
