// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import CZlib
import Hummingbird

/// Compresses answers as gzip (RFC 1952), whole: what is streamed is never compressed.
enum Gzip {
    /// Shorter ones fit a packet as they are.
    static let minimumLength = 1_400
    /// Of nine levels: JSON of a graph shrinks to a tenth, and more effort gains little.
    static let level: Int32 = 5

    /// 32 KiB window, gzip header and trailer written (zlib.h, `deflateInit2`).
    private static let windowBits: Int32 = 15 + 16
    private static let memoryLevel: Int32 = 8

    /// The compressed bytes; `nil` where it does not pay, or zlib has no memory.
    static func compress(_ bytes: ByteBuffer) -> ByteBuffer? {
        guard bytes.readableBytes >= minimumLength, let length = UInt32(exactly: bytes.readableBytes) else {
            return nil
        }
        var stream = unsafe z_stream()
        let code = unsafe deflateInit2_(
            &stream,
            level,
            Z_DEFLATED,
            windowBits,
            memoryLevel,
            Z_DEFAULT_STRATEGY,
            zlibVersion(),
            Int32(MemoryLayout<z_stream>.size)
        )
        guard code == Z_OK else { return nil }
        defer { unsafe _ = deflateEnd(&stream) }
        var output = ByteBuffer()
        // More than the input would not pay: zlib stops there with other than Z_STREAM_END.
        let isDone =
            unsafe output.writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.readableBytes) { room in
                let room = unsafe UnsafeMutableRawBufferPointer(rebasing: room.prefix(bytes.readableBytes))
                let isDone = unsafe bytes.withUnsafeReadableBytes { input in
                    // Sound: zlib only reads the input, and both counts are of their buffers, which
                    // outlive the one call.
                    unsafe stream.next_in = UnsafeMutablePointer(
                        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    )
                    unsafe stream.avail_in = length
                    unsafe stream.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    unsafe stream.avail_out = length
                    return unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END
                }
                return isDone ? Int(length - (unsafe stream.avail_out)) : 0
            } > 0
        return isDone ? output : nil
    }

    /// Whether an `Accept-Encoding` header takes gzip (RFC 9110 section 12.5.3).
    static func isAccepted(by header: String?) -> Bool {
        guard let header else { return false }
        var anything = false
        for element in header.split(separator: ",").prefix(Negotiation.maximumRanges) {
            let parts = element.split(separator: ";", maxSplits: 1).map { AcceptedRange.trimmed($0) }
            let coding = parts.first?.lowercased()
            let isWanted = parts.count < 2 || AcceptedRange.weight(ofParameter: parts[1]) ?? 0 > 0
            if coding == "gzip" || coding == "x-gzip" { return isWanted }
            if coding == "*" { anything = isWanted }
        }
        return anything
    }
}
