// SPDX-License-Identifier: Apache-2.0

internal import OVCore

/// Undoes the content encoding of a body (RFC 9110 §8.4) while it arrives, within a bound.
struct BodyDecoder {
    enum Failure: Error {
        case tooLarge
        case malformed
    }

    private enum Coding {
        case identity([UInt8])
        case inflated(Inflater)
    }

    private var coding: Coding
    private let limit: Int
    /// Bytes of an identity that were taken.
    private var taken = 0
    /// Bytes that may still come before they are unpacked. Of what is packed, any amount can come to nothing.
    private var room: Int

    /// - Throws: `FetchError` for an encoding that was not asked for.
    init(_ values: [String], limit: Int, url: WebURL) throws(FetchError) {
        self.limit = limit
        // What cannot be packed grows by a thousandth and a few bytes.
        room = limit.addingReportingOverflow(limit / 512 + 4096).partialValue
        if room < limit { room = .max }
        let names = values.flatMap { $0.split(separator: ",") }
            .map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }.filter { !$0.isEmpty && $0 != "identity" }
        switch names.first {
        case nil: coding = .identity([])
        case "gzip"? where names.count == 1, "x-gzip"? where names.count == 1, "deflate"? where names.count == 1:
            coding = .inflated(Inflater(limit: limit))
        default:
            let shown = String(names.joined(separator: ", ").prefix(60))
            throw .transient(cause: "protocol_error", "\(url) sends the encoding '\(shown)', which nobody asked for")
        }
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        guard bytes.count <= room else { throw .tooLarge }
        room -= bytes.count
        switch coding {
        case .identity(var body):
            guard bytes.count <= limit - taken - body.count else { throw .tooLarge }
            // Not to be held twice while it grows.
            coding = .identity([])
            body.append(contentsOf: bytes)
            coding = .identity(body)
        case .inflated(let inflater):
            do throws(Inflater.Failure) { try inflater.append(bytes) } catch {
                throw error == .tooLarge ? .tooLarge : .malformed
            }
        }
    }

    /// What has come out so far, and is not part of the body any more.
    mutating func takeOutput() -> [UInt8] {
        switch coding {
        case .identity(let body):
            coding = .identity([])
            taken += body.count
            return body
        case .inflated(let inflater): return inflater.takeOutput()
        }
    }

    /// The whole body, or what was not taken of it.
    consuming func finish() throws(Failure) -> [UInt8] {
        switch coding {
        case .identity(let body): return body
        case .inflated(let inflater):
            guard inflater.isComplete else { throw .malformed }
            return inflater.output
        }
    }
}
