// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVCore
import OVSystem

/// Reads the content that a state refers to, and says what of it does not check out.
struct PackInspection {
    private let home: Home
    private let files: any FileSystem
    private let store: Store
    /// Blobs that were read already, with what was wrong with them.
    private var blobs: [BlobLocation: String?] = [:]
    private var readers: [String: PackReader] = [:]
    private(set) var documents = 0
    private(set) var bytes: Int64 = 0
    /// What is wrong and costs nothing but time.
    private(set) var notes: [Finding] = []

    init(store: Store) {
        self.store = store
        home = store.home
        files = store.files
    }

    /// What is wrong with a revision: a problem for each file, nothing when all of it can be read.
    mutating func faults(of revision: Revision) -> [(file: String, message: String)] {
        let list: DocumentList
        do throws(OVError) {
            list = try store.documents(of: revision)
        } catch {
            return [("packs/\(revision.pack).pack", error.message)]
        }
        var faults: [(String, String)] = []
        if list.documents.count != revision.documents || list.bytes != revision.bytes
            || Digest(of: list) != revision.digest
        {
            faults.append(
                ("packs/\(revision.pack).pack", "its document list is not the one of revision \(revision.name)"))
        }
        for pack in list.blobPacks.subtracting(revision.packs).sorted() {
            faults.append(("state.json.gz", "revision \(revision.name) does not name pack \(pack), which it needs"))
        }
        for document in list.documents {
            if let fault = fault(of: document) {
                faults.append(("packs/\(document.blob.pack).pack", fault))
            }
        }
        return faults
    }

    private mutating func fault(of document: StoredDocument) -> String? {
        if let known = blobs[document.blob] { return known }
        var fault: String?
        do {
            let reader = try reader(of: document.blob.pack)
            let content = try reader.bytes(of: document)
            if try !reader.hasSoundPieces(document, content) {
                notes.append(
                    Finding(
                        file: "packs/\(document.blob.pack).pack",
                        message: "where the pieces of '\(document.path)' are does not check out; it is read whole"))
            }
            documents += 1
            bytes += document.size
        } catch let error as PackReader.Fault {
            fault = error.reason
        } catch let error as SystemError {
            fault = error.errno == ENOENT ? "it is missing" : error.description
        } catch {
            fault = "\(error)"
        }
        blobs[document.blob] = .some(fault)
        return fault
    }

    private mutating func reader(of pack: String) throws(SystemError) -> PackReader {
        if let reader = readers[pack] { return reader }
        // Few stay open: descriptors are not for granted.
        if readers.count >= 64 { readers.removeAll() }
        let reader = try PackReader(name: pack, home: home, files: files)
        readers[pack] = reader
        return reader
    }
}
