// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Unpacks a stream of deflate (RFC 1951), bare or as gzip (RFC 1952) or zlib (RFC 1950) wrap it, piece by piece, and
/// never more than a bound.
///
/// Several gzip members in a row are one stream, as the format has it. Belongs to one task.
final class Inflater {
    enum Failure: Error, Hashable {
        /// The bytes are no such stream, or its checksum is wrong.
        case malformed
        /// More would come out than the bound allows.
        case tooLarge
    }

    enum Format {
        case gzipOrZlib
        case bare

        /// What zlib calls it: 32 has it tell the two apart by their headers.
        fileprivate var windowBits: Int32 { self == .bare ? -15 : 15 + 32 }
    }

    /// On the heap, because zlib's state refers to the place where it was made.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let format: Format
    private let limit: Int
    /// What came out and was not taken.
    private(set) var output: [UInt8] = []
    private var taken = 0
    private var isAtEnd = false
    private var isEmpty = true

    /// - Parameter limit: bytes that may come out in all.
    init(_ format: Format = .gzipOrZlib, limit: Int) {
        self.format = format
        self.limit = limit
        stream.initialize(to: z_stream())
        let result = inflateInit2_(stream, format.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib has no memory for a stream")
    }

    deinit {
        inflateEnd(stream)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }

    /// Whether the stream was whole, trailer included. One that never began is.
    var isComplete: Bool { isAtEnd || isEmpty }

    /// Hands over what has come out so far, and makes room for more.
    func takeOutput() -> [UInt8] {
        defer {
            taken += output.count
            output = []
        }
        return output
    }

    func append(_ input: [UInt8]) throws(Failure) {
        var failure: Failure?
        input.withUnsafeBytes { bytes in
            do throws(Failure) { try append(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    func append(_ input: UnsafeRawBufferPointer) throws(Failure) {
        guard let start = input.baseAddress, !input.isEmpty else { return }
        isEmpty = false
        var (offset, result) = (0, Z_OK)
        while offset < input.count {
            if isAtEnd {
                // Nothing says how a bare stream would go on behind its end.
                guard format != .bare else { throw .malformed }
                // Behind a member there may be another one, or the padding of a tape.
                guard input[offset] == 0x1F else { return }
                guard inflateReset(stream) == Z_OK else { throw .malformed }
                isAtEnd = false
            }
            // zlib counts in 32 bits.
            let piece = min(input.count - offset, 1 << 30)
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: start.advanced(by: offset).assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(piece)
            result = try step()
            let consumed = piece - Int(stream.pointee.avail_in)
            offset += consumed
            isAtEnd = result == Z_STREAM_END
            guard isAtEnd || consumed > 0 else { throw .malformed }
        }
    }

    /// Takes what is in `next_in`, until it is used up or the member ends.
    private func step() throws(Failure) -> Int32 {
        let window = 64 << 10
        var result = Z_OK
        repeat {
            let room = min(window, limit - taken - output.count + 1)
            let produced = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { buffer in
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(room)
                result = inflate(stream, Z_NO_FLUSH)
                let count = room - Int(stream.pointee.avail_out)
                output.append(contentsOf: buffer[..<count])
                return count
            }
            guard output.count <= limit - taken else { throw .tooLarge }
            // A buffer error is no error: there is nothing to do until more comes.
            if result == Z_BUF_ERROR && produced == 0 { return Z_OK }
            guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else { throw .malformed }
        } while result != Z_STREAM_END && (stream.pointee.avail_in > 0 || stream.pointee.avail_out == 0)
        return result
    }
}
