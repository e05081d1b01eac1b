// SPDX-License-Identifier: Apache-2.0

import Glibc
import OVSystem

/// Test data that others made, which is beside the repository and no part of it: in `$OV_TESTDATA`, else in
/// `../shared/testdata`. Tests that want it are skipped where it is not.
enum SharedTestData {
    private static var folder: String {
        if let path = getenv("OV_TESTDATA") { return String(cString: path) }
        return RepositoryFiles.root + "/../shared/testdata"
    }

    static var exists: Bool { access(folder + "/html5lib-tokenizer", R_OK) == 0 }

    static func read(_ path: String) throws -> [UInt8] { try RepositoryFiles.read(at: folder + "/" + path) }

    /// The names in a folder, sorted; none when the folder is not there.
    static func files(in path: String, withSuffix suffix: String = "") throws -> [String] {
        guard let stream = opendir(folder + "/" + path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix("."), name.hasSuffix(suffix) { names.append(name) }
        }
        return names.sorted()
    }
}

/// Files of the repository that tests read.
enum RepositoryFiles {
    /// The package's folder, without symbolic links.
    static var root: String {
        guard let real = realpath(#filePath, nil) else { return "." }
        defer { free(real) }
        return String(cString: real).split(separator: "/").dropLast(4).reduce(into: "") { $0 += "/" + $1 }
    }

    static func read(at path: String) throws -> [UInt8] {
        let file = try Descriptor(opening: path, O_RDONLY)
        return Array(try file.read(Int(try file.status().size), at: 0))
    }
}
