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
/// In gRPC-Web the last one has flag 0x80 and carries the trailers (PROTOCOL-WEB.md of gRPC); its
/// text variant has all of it in base64, in pieces that may each be padded.
struct GRPCMessages: BitwiseCopyable {
    /// Messages that have begun.
    private(set) var count: UInt32 = 0
    /// The status in the trailers of gRPC-Web.
    private(set) var webStatus: UInt16?
    /// Bytes seen of the prefix.
    private var prefix: UInt8 = 0
    private var flags: UInt8 = 0
    private var length: UInt32 = 0
    private var remaining: UInt32 = 0
    /// Bytes were lost, so that it is unknown where messages begin.
    private var isLost = false
    /// What comes is base64.
    var isText = false
    /// Digits of base64 that make no three bytes yet, and how many there are.
    private var digits: UInt32 = 0
    private var digitCount: UInt8 = 0
    private var padding: UInt8 = 0
    /// How far `grpc-status:` has matched in a line of trailers; -1 where it has not.
    private var matched: Int8 = 0

    mutating func lose() { isLost = true }

    mutating func take(_ bytes: RawSpan) {
        guard !isLost else { return }
        if isText { decode(bytes) } else { read(bytes) }
    }

    /// Reads base64 (RFC 4648 section 4), some bytes at a time.
    private mutating func decode(_ text: RawSpan) {
        var decoded = InlineArray<48, UInt8>(repeating: 0)
        var count = 0
        for offset in 0..<text.byteCount {
            let digit = text.octet(at: offset)
            if digit == 0x3D { padding &+= 1 }
            guard let value = Self.value(ofDigit: digit), padding <= 2 else {
                isLost = true
                return
            }
            digits = digits << 6 | value
            digitCount &+= 1
            guard digitCount == 4 else { continue }
            for place in 0..<Int(3 &- padding) {
                decoded[count] = UInt8(truncatingIfNeeded: digits >> (16 &- 8 &* UInt32(place)))
                count &+= 1
            }
            (digits, digitCount, padding) = (0, 0, 0)
            guard count > 45 else { continue }
            read(decoded, count)
            count = 0
        }
        read(decoded, count)
    }

    private mutating func read(_ decoded: InlineArray<48, UInt8>, _ count: Int) {
        // Sound: bytes have no padding that could be read uninitialized.
        unsafe read(decoded.span.bytes.clamped(0, count))
    }

    private static func value(ofDigit digit: UInt8) -> UInt32? {
        switch digit {
        case 0x41...0x5A: UInt32(digit &- 0x41)
        case 0x61...0x7A: UInt32(digit &- 0x61 &+ 26)
        case 0x30...0x39: UInt32(digit &- 0x30 &+ 52)
        case 0x2B, 0x2D: 62
        case 0x2F, 0x5F: 63
        case 0x3D: 0
        default: nil
        }
    }

    private mutating func read(_ bytes: RawSpan) {
        var offset = 0
        while offset < bytes.byteCount {
            if remaining > 0 {
                let taken = min(Int(remaining), bytes.byteCount &- offset)
                if flags & 0x80 != 0 { readTrailers(bytes.clamped(offset, offset &+ taken)) }
                remaining &-= UInt32(truncatingIfNeeded: taken)
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
            remaining = length
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
            } else if Int(matched) == name.utf8CodeUnitCount {
                let digit = byte &- 0x30
                if digit < 10 { webStatus = min((webStatus ?? 0) &* 10 &+ UInt16(digit), 999) }
            } else if matched >= 0 {
                // Sound: less than all code units of the constant have matched.
                let wanted = unsafe name.utf8Start[Int(matched)]
                matched = byte == wanted || byte | 0x20 == wanted ? matched &+ 1 : -1
            }
        }
    }
}
