// SPDX-License-Identifier: Apache-2.0

extension MediaType {
    /// Whether trying to compress documents of this type can be worth it: not for formats that are compressed already.
    package static func isCompressible(_ type: String) -> Bool {
        if type == "image/svg+xml" || type == "image/bmp" { return true }
        let family = type.prefix { $0 != "/" }
        return family != "image" && family != "audio" && family != "video" && !compressed.contains(type)
    }

    private static let compressed: Set<String> = [
        "application/zip", "application/gzip", "application/x-xz", "application/x-bzip2", "application/zstd",
        "application/x-7z-compressed", "application/vnd.rar", "application/java-archive", "application/epub+zip",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "font/woff", "font/woff2",
    ]
}
