// SPDX-License-Identifier: Apache-2.0

import OVSearch
import OVStore
import OVSystem
import Synchronization

/// An index beside a pack, read page by page.
final class IndexFile: IndexPageSource {
    /// Nil where too many are open: it is opened again to be read.
    private let file: (any OpenFile)?
    private let open: @Sendable () throws(SystemError) -> (any OpenFile)?
    private let directory: IndexDirectory
    private let cache: PageCache
    private let number: UInt64
    private let damage = Atomic<Bool>(false)

    /// - Throws: `IndexFault` for a file that is not a whole index.
    init(cache: PageCache, _ open: @escaping @Sendable () throws(SystemError) -> (any OpenFile)?) throws(IndexFault) {
        self.open = open
        self.cache = cache
        let file = try Self.opened(open)
        number = cache.newFile()
        let length = try Self.length(of: file)
        // One read has all that there is to know, and of a small index all that there is.
        let start = max(0, length - Self.tailLength)
        let tail = try Self.read(file, start, length - start)
        directory = try IndexDirectory(fileLength: length) { offset, count throws(IndexFault) in
            guard offset >= start, offset + count <= start + tail.count else {
                return try Self.read(file, offset, count)
            }
            return Array(tail[offset - start..<offset - start + count])
        }
        if start == 0, directory.pageCount == 1 {
            let page = Array(tail[directory.range(ofPage: 0)])
            if directory.isIntact(page, number: 0) { cache.insert(page, PageCache.Key(file: number, page: 0)) }
        }
        self.file = cache.mayKeepOpen() ? file : nil
    }

    private static let tailLength = IndexLayout.pageLength + 4096

    private static func length(of file: any OpenFile) throws(IndexFault) -> Int {
        do throws(SystemError) {
            return Int(try file.status().size)
        } catch {
            throw IndexFault(error.description)
        }
    }

    deinit { if file != nil { cache.closed() } }

    private static func opened(_ open: () throws(SystemError) -> (any OpenFile)?) throws(IndexFault) -> any OpenFile {
        let file: (any OpenFile)?
        do throws(SystemError) { file = try open() } catch { throw IndexFault(error.description) }
        guard let file else { throw IndexFault("there is none") }
        return file
    }

    private static func read(_ file: any OpenFile, _ offset: Int, _ count: Int) throws(IndexFault) -> [UInt8] {
        do throws(SystemError) {
            return try file.read(count, at: Int64(offset))
        } catch {
            throw IndexFault(error.description)
        }
    }

    func segments() throws(IndexFault) -> [IndexSegment] { try segments(directory) }

    func contents() throws(IndexFault) -> [UInt8]? { try contents(directory) }

    /// Whether a page of it did not check out.
    var isDamaged: Bool { damage.load(ordering: .relaxed) }

    func page(_ page: Int) throws(IndexFault) -> [UInt8] {
        let key = PageCache.Key(file: number, page: page)
        if let bytes = cache.page(key) { return bytes }
        guard page < directory.pageCount else { throw IndexFault("a page of it is missing") }
        let range = directory.range(ofPage: page)
        let source: any OpenFile
        if let file { source = file } else { source = try Self.opened(open) }
        let bytes = try Self.read(source, range.lowerBound, range.count)
        guard directory.isIntact(bytes, number: page) else {
            damage.store(true, ordering: .relaxed)
            throw IndexFault("page \(page) does not check out")
        }
        cache.insert(bytes, key)
        return bytes
    }
}
