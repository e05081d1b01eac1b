// SPDX-License-Identifier: Apache-2.0

import CZlib

/// zlib, bounded on both sides. Raw streams for members of the state file, zlib streams for blobs of packs.
enum Deflate {
    enum Framing: Sendable {
        /// RFC 1951, no header: the caller has its own.
        case raw
        /// RFC 1950, with its Adler-32.
        case zlib

        var windowBits: Int32 { self == .raw ? -15 : 15 }
    }

    /// Bytes ahead of the deflate stream in a zlib stream.
    static let zlibHeaderLength = 2

    static func compress(_ bytes: [UInt8], level: Int32, framing: Framing) -> [UInt8] {
        compress(bytes, level: level, framing: framing, restartingEvery: .max).stream
    }

    /// One stream as any, of which what comes from each piece of so many bytes refers to nothing before it.
    /// - Returns: the stream, and where in it each piece ends.
    static func compress(_ bytes: [UInt8], level: Int32, framing: Framing, restartingEvery length: Int)
        -> (stream: [UInt8], ends: [Int])
    {
        var stream = z_stream()
        // A window larger than the input is only memory to set up, and most inputs are a commit or a small document.
        let window = min(15, max(9, Int32(Int.bitWidth - bytes.count.leadingZeroBitCount)))
        let windowBits = framing == .raw ? -window : window
        let result = deflateInit2_(
            &stream, level, Z_DEFLATED, windowBits, min(8, window - 6), Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib has no memory for a stream")
        defer { deflateEnd(&stream) }
        let restarts = bytes.isEmpty ? 0 : (bytes.count - 1) / length
        // At a restart a block ends early, and an empty one follows.
        let bound = Int(deflateBound(&stream, uLong(bytes.count))) + restarts * 32
        var ends: [Int] = []
        let output = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            bytes.withUnsafeBufferPointer { input in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.next_out = output.baseAddress
                // zlib counts in 32 bits; nothing that is compressed here comes near.
                stream.avail_out = UInt32(output.count)
                for restart in 0...restarts {
                    let isLast = restart == restarts
                    stream.avail_in = UInt32(isLast ? input.count - restart * length : length)
                    let result = deflate(&stream, isLast ? Z_FINISH : Z_FULL_FLUSH)
                    precondition(
                        isLast ? result == Z_STREAM_END : result == Z_OK && stream.avail_out > 0,
                        "deflate did not finish within its own bound")
                    ends.append(output.count - Int(stream.avail_out))
                }
                count = output.count - Int(stream.avail_out)
            }
        }
        return (output, ends)
    }

    /// - Parameter length: how many bytes must come out.
    /// - Returns: nil when the stream is malformed, ends early, gives another length, or is followed by more bytes.
    static func decompress(_ bytes: ArraySlice<UInt8>, length: Int, framing: Framing) -> [UInt8]? {
        // One byte more than expected, so that a stream that is too long shows.
        guard length >= 0, length < UInt32.max,
            let found = inflate(bytes, room: length + 1, framing: framing, Z_FINISH)
        else { return nil }
        return found.result == Z_STREAM_END && found.rest == 0 && found.output.count == length ? found.output : nil
    }

    /// The first bytes of what a raw stream holds, from its start or from where it restarts. How it goes on is not
    /// looked at.
    /// - Returns: nil when the stream is malformed up to there, or ends before.
    static func decompressBeginning(of bytes: ArraySlice<UInt8>, length: Int) -> [UInt8]? {
        guard length >= 0, length < UInt32.max,
            let found = inflate(bytes, room: length, framing: .raw, Z_SYNC_FLUSH)
        else { return nil }
        return found.result != Z_DATA_ERROR && found.output.count == length ? found.output : nil
    }

    /// - Parameter room: how many bytes are taken at most; zlib counts in 32 bits.
    /// - Returns: what came out, what zlib says of it, and how many bytes it did not look at.
    private static func inflate(_ bytes: ArraySlice<UInt8>, room: Int, framing: Framing, _ flush: Int32)
        -> (output: [UInt8], result: Int32, rest: UInt32)?
    {
        guard bytes.count <= UInt32.max else { return nil }
        var stream = z_stream()
        var result = inflateInit2_(&stream, framing.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else { return nil }
        defer { inflateEnd(&stream) }
        let output = [UInt8](unsafeUninitializedCapacity: room) { output, count in
            bytes.withUnsafeBufferPointer { input in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(room)
                result = CZlib.inflate(&stream, flush)
                count = room - Int(stream.avail_out)
            }
        }
        return (output, result, stream.avail_in)
    }

    /// CRC-32 (ISO 3309), as gzip uses it.
    static func checksum(_ bytes: ArraySlice<UInt8>, continuing checksum: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBufferPointer { buffer in
            UInt32(truncatingIfNeeded: crc32_z(uLong(checksum), buffer.baseAddress, buffer.count))
        }
    }
}
