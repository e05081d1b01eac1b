// SPDX-License-Identifier: Apache-2.0

import OVSearch
import OVStore
import OVSystem

/// An index beside a pack, read page by page. It stays readable when a collection removes its name.
final class IndexFile: IndexPageSource {
    private let file: any OpenFile
    private let directory: IndexDirectory
    private let cache: PageCache
    private let number: UInt64

    /// - Throws: `IndexFault` for a file that is not a whole index.
    init(_ file: any OpenFile, cache: PageCache) throws(IndexFault) {
        self.file = file
        self.cache = cache
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
        let bytes = try Self.read(file, range.lowerBound, range.count)
        guard directory.isIntact(bytes, number: page) else { throw IndexFault("page \(page) does not check out") }
        cache.insert(bytes, key)
        return bytes
    }
}
