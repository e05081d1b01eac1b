// SPDX-License-Identifier: Apache-2.0

import OVSearch
import OVStore
import OVSystem

/// An index beside a pack, read page by page.
final class IndexFile: IndexPageSource {
    /// Nil where too many are open: it is opened again to be read.
    private let file: (any OpenFile)?
    private let open: @Sendable () throws(SystemError) -> (any OpenFile)?
    private let directory: IndexDirectory
    private let cache: PageCache
    private let number: UInt64

    /// - Throws: `IndexFault` for a file that is not a whole index.
    init(cache: PageCache, _ open: @escaping @Sendable () throws(SystemError) -> (any OpenFile)?) throws(IndexFault) {
        self.open = open
        self.cache = cache
        let file = try Self.opened(open)
        number = cache.newFile()
        do {
            let length = try file.status().size
            directory = try IndexDirectory(fileLength: Int(length)) { offset, count throws(IndexFault) in
                try Self.read(file, offset, count)
            }
        } catch let error as IndexFault {
            throw error
        } catch {
            throw IndexFault("\(error)")
        }
        self.file = cache.mayKeepOpen() ? file : nil
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

    func page(_ page: Int) throws(IndexFault) -> [UInt8] {
        let key = PageCache.Key(file: number, page: page)
        if let bytes = cache.page(key) { return bytes }
        guard page < directory.pageCount else { throw IndexFault("a page of it is missing") }
        let range = directory.range(ofPage: page)
        let source: any OpenFile
        if let file { source = file } else { source = try Self.opened(open) }
        let bytes = try Self.read(source, range.lowerBound, range.count)
        guard directory.isIntact(bytes, number: page) else { throw IndexFault("page \(page) does not check out") }
        cache.insert(bytes, key)
        return bytes
    }
}
