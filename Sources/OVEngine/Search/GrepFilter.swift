// SPDX-License-Identifier: Apache-2.0

import OVSearch
import OVStore
import OVSystem

/// Leaves out documents that cannot match, by what indexes say of their words. What no index knows is read.
struct GrepFilter {
    let required: RequiredWords
    let shelf: IndexShelf
    let indexes: [GatheredIndex]

    /// Less text than that is read sooner than asked about.
    private static let leastBytes: Int64 = 256 << 10

    private struct Place: Hashable, Sendable {
        let pack: String
        let offset: Int64
    }

    func apply(to documents: inout GrepRun.Documents) {
        guard documents.searched.reduce(0, { $0 + $1.document.size }) >= Self.leastBytes else { return }
        var packs = Set(documents.searched.lazy.map(\.document.blob.pack))
        var ruledOut: Set<Place> = []
        for index in indexes { ruledOut.formUnion(self.ruledOut(by: index, &packs)) }
        for (pack, blobs) in ruledOutByPack(packs) {
            for blob in blobs { ruledOut.insert(Place(pack: pack, offset: Int64(truncatingIfNeeded: blob))) }
        }
        guard !ruledOut.isEmpty else { return }
        let count = documents.searched.count
        documents.searched.removeAll { _, document in
            ruledOut.contains(Place(pack: document.blob.pack, offset: document.blob.offset))
        }
        documents.ruledOut = count - documents.searched.count
    }

    /// - Parameter packs: those that are asked about; what the index knows is taken out.
    private func ruledOut(by index: GatheredIndex, _ packs: inout Set<String>) -> Set<Place> {
        var isKnown = [Bool](repeating: false, count: index.contents.entries.count)
        for (number, entry) in index.contents.entries.enumerated() where packs.contains(entry.pack) {
            isKnown[number] = true
            packs.remove(entry.pack)
        }
        guard isKnown.contains(true) else { return [] }
        var numbers: [Int: [Int]] = [:]
        for segment in index.segments {
            guard let may = try? segment.mayHave(required) else { continue }
            for (number, blob) in segment.blobs.enumerated() where !may[number] {
                guard let place = index.contents.place(ofBlob: blob), isKnown[place.entry] else { continue }
                numbers[place.entry, default: []].append(place.document)
            }
        }
        var places: Set<Place> = []
        for (entry, documents) in numbers {
            guard let list = try? index.list(ofEntry: entry).documents else { continue }
            for number in documents {
                places.insert(Place(pack: list[number].blob.pack, offset: list[number].blob.offset))
            }
        }
        return places
    }

    private struct Question: Sendable {
        let pack: String
        let segment: IndexSegment
    }

    /// Segments side by side: half of them here, half on another thread.
    private func ruledOutByPack(_ packs: Set<String>) -> [(String, [UInt64])] {
        var questions: [Question] = []
        for pack in packs {
            for segment in shelf.segmentsAtHand(ofPack: pack) ?? [] {
                questions.append(Question(pack: pack, segment: segment))
            }
        }
        let (required, middle, all) = (required, questions.count / 2, questions)
        let answer = { @Sendable (question: Question) -> (String, [UInt64]) in
            let may = (try? question.segment.mayHave(required)) ?? question.segment.blobs.map { _ in true }
            return (question.pack, zip(question.segment.blobs, may).filter { !$0.1 }.map(\.0))
        }
        let answers = sideBySide {
            all[..<middle].map(answer)
        } _: {
            all[middle...].map(answer)
        }
        return answers.0 + answers.1
    }
}
