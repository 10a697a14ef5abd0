// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Counts the messages in one direction of a call.
///
/// ```text
///  0       1                       5
///  +-------+-----------------------+---------
///  | flags |        length         | message …
///  +-------+-----------------------+---------
/// ```
///
/// In gRPC-Web the last one has flag 0x80 and carries the trailers.
struct GRPCMessages: BitwiseCopyable {
    /// Messages that have begun.
    private(set) var count: UInt32 = 0
    /// The status in the trailers of gRPC-Web.
    private(set) var webStatus: UInt16?
    /// Bytes seen of the prefix.
    private var prefix = 0
    private var flags: UInt8 = 0
    private var length: UInt32 = 0
    private var remaining = 0
    /// Bytes were lost, so that it is unknown where messages begin.
    private var isLost = false
    /// How far `grpc-status:` has matched in a line of trailers; -1 where it has not.
    private var matched = 0

    mutating func lose() { isLost = true }

    mutating func take(_ bytes: RawSpan) {
        guard !isLost else { return }
        var offset = 0
        while offset < bytes.byteCount {
            if remaining > 0 {
                let taken = min(remaining, bytes.byteCount &- offset)
                if flags & 0x80 != 0 { readTrailers(bytes.clamped(offset, offset &+ taken)) }
                remaining &-= taken
                offset &+= taken
                continue
            }
            let byte = bytes.octet(at: offset)
            offset &+= 1
            if prefix == 0 {
                flags = byte
                length = 0
                matched = 0
            } else {
                length = length << 8 | UInt32(byte)
            }
            prefix &+= 1
            guard prefix == 5 else { continue }
            prefix = 0
            remaining = Int(length)
            if flags & 0x80 == 0 { count = count.addingReportingOverflow(1).partialValue }
        }
    }

    /// Looks for the status in `name:value` lines.
    private mutating func readTrailers(_ bytes: RawSpan) {
        let name: StaticString = "grpc-status:"
        for offset in 0..<bytes.byteCount {
            let byte = bytes.octet(at: offset)
            if byte == 0x0A {
                matched = 0
            } else if matched == name.utf8CodeUnitCount {
                let digit = byte &- 0x30
                if digit < 10 { webStatus = min((webStatus ?? 0) &* 10 &+ UInt16(digit), 999) }
            } else if matched >= 0 {
                // Sound: less than all code units of the constant have matched.
                let wanted = unsafe name.utf8Start[matched]
                matched = byte == wanted || byte | 0x20 == wanted ? matched &+ 1 : -1
            }
        }
    }
}
