// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import CZlib

/// Decompresses gzip (RFC 1952) as it streams by: several members one after the other, as
/// `cat a.gz b.gz` makes them, and zeros behind the last, as tapes do.
///
/// Damage ends the output where it is, and what was decompressed before stays good.
@safe
final class GzipInflater {
    /// What more output needs.
    enum State: Equatable {
        case needsInput
        case ended
        /// The input ended inside a member: a writer that was killed, a download cut short.
        case endedEarly
        case damaged(String)
    }

    private enum Position {
        case beforeMember
        case insideMember
        /// Zeros, another member, or the end may follow.
        case behindMember
    }

    /// 32 KiB window, gzip header and trailer expected (zlib.h, `inflateInit2`).
    private static let windowBits: Int32 = 15 + 16

    private let stream: UnsafeMutablePointer<z_stream>
    private let input: UnsafeMutableRawBufferPointer
    private let isInitialized: Bool
    private var position = Position.beforeMember
    private(set) var state = State.needsInput

    init() {
        unsafe input = .allocate(byteCount: CaptureLimits.bufferLength, alignment: 16)
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // zlib keeps a pointer to the stream, which is why it lives at a fixed address.
        let code = unsafe inflateInit2_(
            stream,
            Self.windowBits,
            zlibVersion(),
            Int32(MemoryLayout<z_stream>.size)
        )
        isInitialized = code == Z_OK
        if !isInitialized { state = .damaged("zlib cannot start, code \(code)") }
    }

    deinit {
        if isInitialized { unsafe inflateEnd(stream) }
        unsafe stream.deallocate()
        unsafe input.deallocate()
    }

    /// Where compressed bytes are to be written to before `supplied`; only while `needsInput`
    /// and all before were used.
    @unsafe
    var room: UnsafeMutableRawBufferPointer { unsafe input }

    /// Tells how many compressed bytes were written to `room`; 0 means that none will come.
    func supplied(_ count: Int) {
        let count = min(max(0, count), CaptureLimits.bufferLength)
        guard count > 0 else {
            if state == .needsInput { state = position == .insideMember ? .endedEarly : .ended }
            return
        }
        // Sound: `count` bytes of the input buffer were just written.
        unsafe stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = UInt32(count)
    }

    /// Decompresses into a buffer.
    ///
    /// - Returns: Bytes written; 0 where `state` says what is missing.
    func inflate(into output: UnsafeMutableRawBufferPointer) -> Int {
        guard state == .needsInput, let base = output.baseAddress, output.count > 0 else { return 0 }
        // Sound: pointer and count are of one buffer; zlib writes no further than avail_out.
        unsafe stream.pointee.next_out = base.assumingMemoryBound(to: UInt8.self)
        let room = UInt32(clamping: output.count)
        unsafe stream.pointee.avail_out = room
        while unsafe stream.pointee.avail_in > 0, unsafe stream.pointee.avail_out > 0 {
            guard position != .behindMember || enterNextMember() else { break }
            position = .insideMember
            let code = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            if code == Z_STREAM_END {
                position = .behindMember
            } else if code != Z_OK {
                let detail = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
                state = .damaged(detail ?? "zlib code \(code)")
                break
            }
        }
        return Int(room - (unsafe stream.pointee.avail_out))
    }

    /// Skips zeros and starts the next member; `false` if there is none in the input at hand.
    private func enterNextMember() -> Bool {
        while unsafe stream.pointee.avail_in > 0, let next = unsafe stream.pointee.next_in {
            switch unsafe next.pointee {
            case 0:
                // Sound: avail_in counts the bytes behind next_in.
                unsafe stream.pointee.next_in = next + 1
                unsafe stream.pointee.avail_in -= 1
            case 0x1F:
                unsafe inflateReset(stream)
                return true
            default:
                state = .damaged("other data follows the compressed data")
                return false
            }
        }
        return false
    }
}
