// SPDX-License-Identifier: Apache-2.0

import OVAPI
import OVCore
import OVIngest
import OVSearch
import OVStore

/// Says what differs in documents, as far as a format asks for it and within bounds on text, output and time. Blocks.
struct DocumentComparison {
    /// Bytes that are read, and bytes that are answered.
    private static let maximumBytes: Int64 = 64 << 20
    private static let maximumOutput = 16 << 20
    /// About a second of looking for shortest differences.
    private static let maximumSteps = 200_000_000
    private static let maximumSections = 20_000

    private let store: Store
    private let root: VikingURI
    private let format: DiffQuery.Format
    private var bytes = Self.maximumBytes
    private var output = Self.maximumOutput
    private var steps = Self.maximumSteps
    private var sections = Self.maximumSections
    /// False when something was left out.
    private(set) var isComplete = true

    /// - Parameter root: of the resource.
    init(store: Store, root: VikingURI, format: DiffQuery.Format) {
        self.store = store
        self.root = root
        self.format = format
    }

    mutating func compare(_ differences: [DocumentDifference]) throws(OVError) -> [DocumentDiff] {
        var pairing = DocumentPairing(store: store)
        let pairs = try pairing.pair(differences)
        var documents: [DocumentDiff] = []
        documents.reserveCapacity(pairs.count)
        for pair in pairs { documents.append(try compare(pair)) }
        return documents
    }

    private mutating func compare(_ pair: DocumentPairing.Pair) throws(OVError) -> DocumentDiff {
        let kind: DocumentDiff.Kind =
            pair.old == nil ? .added : pair.new == nil ? .removed : pair.isMoved ? .moved : .changed
        var document = DocumentDiff(
            uri: root.appending(path: pair.path), kind: kind,
            movedFrom: pair.isMoved ? pair.old.map { root.appending(path: $0.path) } : nil,
            oldSize: pair.old?.size, newSize: pair.new?.size)
        guard format != .names else { return document }
        let size = (pair.old?.size ?? 0) + (pair.new?.size ?? 0)
        guard size <= bytes, output > 0, sections > 0 else {
            isComplete = false
            return document
        }
        bytes -= size
        guard let old = try text(of: pair.old), let new = try text(of: pair.new) else {
            if format == .unified { describeBinary(pair, &document) }
            return document
        }
        if format == .sections {
            describeSections(old, new, pair, &document)
        } else {
            describeLines(old, new, pair, &document)
        }
        return document
    }

    /// Nothing for a document that is not there, nil for one that is not text.
    private func text(of document: StoredDocument?) throws(OVError) -> String? {
        guard let document else { return "" }
        guard MediaType.isText(document.mediaType) else { return nil }
        return String(validating: try store.bytes(of: document), as: UTF8.self)
    }

    private mutating func describeLines(
        _ old: String, _ new: String, _ pair: DocumentPairing.Pair, _ document: inout DocumentDiff
    ) {
        let (before, after) = (LineText(old), LineText(new))
        // Even when the steps are used up, an answer comes, only a longer one.
        let allowed = min(steps, LineDiff.defaultSteps)
        let diff = LineDiff(before, after, steps: allowed)
        if !diff.isShortest { steps -= allowed }
        document.addedLines = diff.addedLines
        document.removedLines = diff.removedLines
        document.isShortest = diff.isShortest
        guard format == .unified else { return }
        let text =
            renaming(pair)
            + UnifiedDiff(before, after).text(diff.changes, oldName: name(pair.old, "a"), newName: name(pair.new, "b"))
        output -= text.utf8.count
        document.unified = text
    }

    private func describeBinary(_ pair: DocumentPairing.Pair, _ document: inout DocumentDiff) {
        let differs = pair.old?.digest != pair.new?.digest
        document.unified =
            renaming(pair)
            + (differs ? "Binary files \(name(pair.old, "a")) and \(name(pair.new, "b")) differ\n" : "")
    }

    private func renaming(_ pair: DocumentPairing.Pair) -> String {
        guard pair.isMoved, let old = pair.old, let new = pair.new else { return "" }
        return "rename from \(old.path)\nrename to \(new.path)\n"
    }

    private func name(_ document: StoredDocument?, _ side: String) -> String {
        document.map { "\(side)/\($0.path.isEmpty ? root.name : $0.path)" } ?? "/dev/null"
    }

    private mutating func describeSections(
        _ old: String, _ new: String, _ pair: DocumentPairing.Pair, _ document: inout DocumentDiff
    ) {
        let mediaType = pair.new?.mediaType ?? pair.old?.mediaType ?? ""
        let differences = SectionDiff(from: old, to: new, mediaType: mediaType).differences
        sections -= differences.count
        document.sections = differences.map { SectionChange($0) }
    }
}
