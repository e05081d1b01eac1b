// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Counts documents that stand for a large file which lies elsewhere (Git LFS).
final class PointerCount: Sendable {
    private static let start = Array("version https://git-lfs.github.com/spec/v1\n".utf8)
    private static let maximumBytes = 1024

    private let state = Mutex<(count: Int, example: String)>((0, ""))

    func look(at bytes: [UInt8], _ path: String) {
        guard bytes.count <= Self.maximumBytes, bytes.starts(with: Self.start) else { return }
        state.withLock { state in
            state.count += 1
            if state.count == 1 || path < state.example { state.example = path }
        }
    }

    var warning: FetchWarning? {
        let (count, example) = state.withLock { $0 }
        guard count > 0 else { return nil }
        let files =
            count == 1 ? "1 document is the pointer to a large file" : "\(count) documents are pointers to large files"
        let place = example.isEmpty ? "" : " (\(count == 1 ? "" : "first: ")\(example))"
        return FetchWarning(path: nil, message: "\(files) of Git LFS, which are not fetched\(place)")
    }
}
