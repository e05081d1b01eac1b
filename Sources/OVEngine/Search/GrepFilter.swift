// SPDX-License-Identifier: Apache-2.0

import OVSearch
import OVStore
import OVSystem

/// Documents that cannot match, by what indexes say of their words. What no index knows is read.
struct GrepFilter {
    /// Less text than that is read sooner than asked about.
    static let leastBytes: Int64 = 256 << 10

    /// By pack, where the bytes of such documents begin.
    private var ruledOut: [String: Set<UInt64>] = [:]

    /// - Parameter packs: what is asked about.
    init(_ required: RequiredWords, in packs: Set<String>, on shelf: IndexShelf, _ indexes: [GatheredIndex]) {
        var packs = packs
        for index in indexes { ask(index, required, &packs) }
        ask(packs, required, shelf)
    }

    func rulesOut(_ pack: String, _ offset: UInt64) -> Bool { ruledOut[pack]?.contains(offset) ?? false }

    func blobs(ruledOutIn pack: String) -> Set<UInt64> { ruledOut[pack] ?? [] }

    /// - Parameter packs: those that are asked about; what the index knows is taken out.
    private mutating func ask(_ index: GatheredIndex, _ required: RequiredWords, _ packs: inout Set<String>) {
        var isKnown = [Bool](repeating: false, count: index.contents.entries.count)
        for (number, entry) in index.contents.entries.enumerated() where packs.contains(entry.pack) {
            isKnown[number] = true
            packs.remove(entry.pack)
        }
        guard isKnown.contains(true) else { return }
        var numbers: [Int: [Int]] = [:]
        for segment in index.segments {
            guard let may = try? segment.mayHave(required) else { continue }
            for (number, blob) in segment.blobs.enumerated() where !may[number] {
                guard let place = index.contents.place(ofBlob: blob), isKnown[place.entry] else { continue }
                numbers[place.entry, default: []].append(place.document)
            }
        }
        for (entry, documents) in numbers {
            guard let list = try? index.list(ofEntry: entry).documents else { continue }
            for number in documents {
                ruledOut[list[number].blob.pack, default: []].insert(UInt64(list[number].blob.offset))
            }
        }
    }

    private struct Question: Sendable {
        let pack: String
        let segment: IndexSegment
    }

    /// Segments side by side: half of them here, half on another thread.
    private mutating func ask(_ packs: Set<String>, _ required: RequiredWords, _ shelf: IndexShelf) {
        var questions: [Question] = []
        for pack in packs {
            for segment in shelf.segmentsAtHand(ofPack: pack) ?? [] {
                questions.append(Question(pack: pack, segment: segment))
            }
        }
        let (middle, all) = (questions.count / 2, questions)
        let answer = { @Sendable (question: Question) -> (String, [UInt64]) in
            let may = (try? question.segment.mayHave(required)) ?? question.segment.blobs.map { _ in true }
            return (question.pack, zip(question.segment.blobs, may).filter { !$0.1 }.map(\.0))
        }
        let answers = sideBySide {
            all[..<middle].map(answer)
        } _: {
            all[middle...].map(answer)
        }
        for (pack, blobs) in answers.0 + answers.1 { ruledOut[pack, default: []].formUnion(blobs) }
    }
}
