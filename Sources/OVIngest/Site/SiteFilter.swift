// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Which pages of a site become documents: `--include` and `--exclude`, held against the path of the document and
/// against that of the URL, because either may be what somebody has before them.
struct SiteFilter: Sendable {
    private let included: PathFilter?
    private let excluded: PathFilter

    /// - Throws: `FetchError`, permanent.
    init(_ options: Source.Options) throws(FetchError) {
        do throws(OVError) {
            included = options.include.isEmpty ? nil : try PathFilter(Source.Options(include: options.include))
            excluded = try PathFilter(
                Source.Options(exclude: options.exclude, ignoredDirectories: options.ignoredDirectories))
        } catch {
            throw .permanent(cause: "invalid_argument", error.message, hint: error.hint)
        }
    }

    func admits(_ url: WebURL, at path: String) -> Bool { admits([path, Self.name(of: url)].compactMap(\.self)) }

    func admits(_ path: String) -> Bool { admits([path]) }

    private func admits(_ names: [String]) -> Bool {
        names.allSatisfy { Self.admits($0, excluded) }
            && (included.map { filter in names.contains { Self.admits($0, filter) } } ?? true)
    }

    private static func admits(_ path: String, _ filter: PathFilter) -> Bool {
        var admission = PathAdmission(filter)
        return admission.admits(path)
    }

    private static func name(of url: WebURL) -> String? {
        DocumentPath.canonical(WebURLReader.percentDecoded(Array(url.path.utf8.drop { $0 == UInt8(ascii: "/") })))?.path
    }

    /// Whether a link may lead to a document at all: not to a picture, a program or a stylesheet, as far as the name
    /// tells.
    static func isPage(_ url: WebURL) -> Bool {
        let name = url.lastSegment.lowercased()
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return true }
        let ending = String(name[name.index(after: dot)...])
        if PagePath.keptExtensions.contains(ending) { return true }
        return !others.contains(ending)
    }

    /// Whether what was sent is something that can be read.
    static func isDocument(_ type: String) -> Bool {
        switch type {
        case "text/css", "text/javascript", "application/javascript", "application/ecmascript", "image/svg+xml": false
        case "application/pdf", "application/xhtml+xml", "application/epub+zip": true
        default: MediaType.isText(type) || type.hasPrefix("application/vnd.o")
        }
    }

    private static let others = Set(
        """
        css js mjs map png jpg jpeg gif webp avif ico svg bmp tif tiff heic mp3 mp4 m4a m4v ogg oga ogv wav flac webm mov \
        avi mkv wmv zip gz tgz bz2 xz zst 7z rar tar jar war deb rpm apk dmg pkg msi exe bin iso img woff woff2 ttf otf \
        eot wasm so dll class pyc whl gem swf psd ai eps sketch db sqlite mdb torrent rss atom sig asc sha256 md5
        """.split(separator: " ").map(String.init))
}
