// SPDX-License-Identifier: Apache-2.0

package import OVCore

/// Turns a source into documents.
///
/// A fetcher knows nothing of the store. Each run it accounts for the complete source: every document is either
/// delivered, or kept because its validator says that it has not changed since the last run. What it does not mention
/// is gone. Every implementation passes the contract suite in `OVIngestTests`.
package protocol Fetcher: Sendable {
    /// The value of `source_type`, and what `--fetcher` takes: lower case.
    var name: String { get }

    /// Raised whenever the same source would give other documents than before. Validators of an older version are
    /// not used.
    var version: Int { get }

    /// The names of `--arg` that it understands, each with a line of help.
    var arguments: [(name: String, help: String)] { get }

    /// Whether it takes any `--arg` beyond those, and looks at them itself. No, unless it says so.
    var takesAnyArgument: Bool { get }

    /// What this fetcher makes of the text that a user gave as a source; nil when it is not for it.
    ///
    /// May look at the file system, never at the network.
    func recognise(_ text: String, in context: SourceContext) async throws(OVError) -> RecognisedSource?

    /// Delivers the documents of `request.source` into `sink`.
    ///
    /// May block: the pipeline runs it on threads of its own. Ends early with `CancellationError` when its task is
    /// cancelled. Delivers in any order, from any number of child tasks at once, each path once.
    /// - Throws: `FetchError`, or `CancellationError`; what was delivered by then is dropped.
    func fetch(_ request: FetchRequest, into sink: any DocumentSink) async throws -> FetchSummary
}

extension Fetcher {
    package var takesAnyArgument: Bool { false }
}

/// Where a source text is looked at from.
package struct SourceContext: Sendable {
    /// What relative paths are relative to; absolute.
    package let workingDirectory: String
    /// The user's home folder, for `~/…`.
    package let homeDirectory: String?
    /// Whether who asks may name places on this machine. Whoever may not is not told whether they exist, either.
    package let allowsLocalPaths: Bool
    /// Folders of which whoever asks may name what lies below, all the same: absolute, without symbolic links.
    package let allowedFolders: [String]
    /// Plug-ins that whoever asks may name, all the same.
    package let allowedPlugins: Set<String>
    /// Whether the user named the fetcher that is asked, which then may claim what another one would be first for.
    package var isFetcherNamed = false

    package init(
        workingDirectory: String, homeDirectory: String?, allowsLocalPaths: Bool = true, allowedFolders: [String] = [],
        allowedPlugins: Set<String> = []
    ) {
        self.workingDirectory = workingDirectory
        self.homeDirectory = homeDirectory
        self.allowsLocalPaths = allowsLocalPaths
        self.allowedFolders = allowedFolders
        self.allowedPlugins = allowedPlugins
    }
}

/// A source text, understood.
package struct RecognisedSource: Hashable, Sendable {
    /// The one spelling of the location: an absolute path without `.` and `..`.
    package let location: String
    /// What the resource is called when the user does not say: the last part of the location, a valid URI segment.
    package let suggestedName: String

    package init(location: String, suggestedName: String) {
        self.location = location
        self.suggestedName = suggestedName
    }
}

package struct FetchRequest: Sendable {
    package let source: Source
    /// What this source's last run left for each document that it may keep: path → validator.
    package let validators: [String: Validator]
    package let limits: Limits
    /// Whether everything is to come from the source itself: no mirror and no cache of contents is believed. There
    /// are no validators then.
    package let isFromScratch: Bool

    package init(
        source: Source, validators: [String: Validator], limits: Limits, isFromScratch: Bool = false
    ) {
        self.source = source
        self.validators = validators
        self.limits = limits
        self.isFromScratch = isFromScratch
    }
}

/// What tells that a document has not changed, without reading it: file times, an ETag, a commit. Opaque to all but
/// the fetcher that made it.
package struct Validator: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }
}

/// Takes what a fetcher delivers. All calls may come from several tasks at once.
package protocol DocumentSink: Sendable {
    /// Documents whose validators matched: they are as they were. Many at a time, because on most runs of most
    /// sources it is all of them.
    func keep(_ documents: [KeptDocument]) async throws

    /// A document that was read.
    func deliver(_ document: FetchedDocument) async throws

    /// Something that the user should know and that does not stop the run.
    func warn(_ warning: FetchWarning) async

    /// How many documents there will be, once the fetcher knows.
    func expect(documents: Int) async
}

/// A document that has not changed since the last run.
package struct KeptDocument: Hashable, Sendable {
    /// Canonical, see `DocumentPath`; empty for a source that is a single document.
    package let path: String
    package let validator: Validator

    package init(path: String, validator: Validator) {
        self.path = path
        self.validator = validator
    }
}

/// A document as the source has it, before conversion.
package struct FetchedDocument: Sendable {
    /// Canonical, see `DocumentPath`; empty for a source that is a single document.
    package let path: String
    package let bytes: [UInt8]
    /// The name under which the source has it, for guessing its type; usually the last part of the path.
    package let name: String
    /// What the source declares, such as an HTTP `Content-Type`; nil when it declares nothing.
    package let declaredType: String?
    package let declaredCharset: String?
    /// Where on the web it was found in the end, for what it links to; nil when that was elsewhere.
    package let location: WebURL?
    /// Nil when the document must be read again next time.
    package let validator: Validator?

    package init(
        path: String, bytes: [UInt8], name: String, declaredType: String? = nil, declaredCharset: String? = nil,
        location: WebURL? = nil, validator: Validator?
    ) {
        self.path = path
        self.bytes = bytes
        self.name = name
        self.declaredType = declaredType
        self.declaredCharset = declaredCharset
        self.location = location
        self.validator = validator
    }
}

/// Something about one document, or about the source as a whole.
package struct FetchWarning: Hashable, Sendable {
    /// The document, or the folder, that it is about; nil for the source as a whole.
    package let path: String?
    package let message: String
    /// Whether the document exists in the source but could not be looked at this time. If the current revision has
    /// it, it stays as it is and counts as not checked. The path of a folder stands for everything below it: a sink
    /// keeps what is at `path` and what begins with `path` and a slash.
    package let isUnchecked: Bool

    package init(path: String?, message: String, isUnchecked: Bool = false) {
        self.path = path
        self.message = message
        self.isUnchecked = isUnchecked
    }
}

package struct FetchSummary: Hashable, Sendable {
    package let shape: Resource.Shape
    /// Whether the source shows only a window, so that absence removes nothing (feeds).
    package let isAdditive: Bool
    /// Whether the source as a whole is as it was: nothing was delivered, everything is kept.
    package let isUnchanged: Bool

    package init(shape: Resource.Shape, isAdditive: Bool = false, isUnchanged: Bool = false) {
        self.shape = shape
        self.isAdditive = isAdditive
        self.isUnchanged = isUnchanged
    }
}
