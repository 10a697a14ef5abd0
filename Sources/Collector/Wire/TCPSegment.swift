// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A checked view of a TCP header.
///
/// ```text
///  0      2      4          8          12   13    14     16     18     20
///  +------+------+----------+----------+----+-----+------+------+------+---------
///  | src  | dst  | sequence |   ack    |off |flags|window|cksum | urg  | options …
///  +------+------+----------+----------+----+-----+------+------+------+---------
/// ```
///
/// Options may be cut by the snap length: the fixed header is what flows need, so such a segment
/// is read, with the options that are there.
///
/// - SeeAlso: RFC 9293, RFC 7323 (timestamps).
struct TCPSegment: ~Escapable {
    static let minimumHeaderLength = 20

    /// The two values of a timestamps option.
    struct Timestamps: BitwiseCopyable {
        let value: UInt32
        let echo: UInt32
    }

    private let bytes: RawSpan
    let headerLength: Int

    /// Checks the header and its data offset.
    ///
    /// - Parameters:
    ///   - bytes: The captured bytes of the segment, without padding of the link.
    ///   - length: The length of the segment as the IP header gives it.
    /// - Throws: `DecodeError` where it was cut short or contradicts itself.
    @inline(__always)
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, length: Int) throws(DecodeError) {
        try DecodeError.require(Self.minimumHeaderLength, .tcp, captured: bytes.byteCount, length: length)
        let headerLength = Int(bytes.checkedField(UInt8.self, at: 12) >> 4) * 4
        guard headerLength >= Self.minimumHeaderLength, headerLength <= length else {
            throw .malformed(layer: .tcp, offset: 12)
        }
        self.bytes = bytes
        self.headerLength = headerLength
    }

    var sourcePort: UInt16 { bytes.checkedField(UInt16.self, at: 0) }
    var destinationPort: UInt16 { bytes.checkedField(UInt16.self, at: 2) }
    var sequence: UInt32 { bytes.checkedField(UInt32.self, at: 4) }
    var acknowledgment: UInt32 { bytes.checkedField(UInt32.self, at: 8) }
    var flags: TCPFlags { TCPFlags(rawValue: bytes.checkedField(UInt8.self, at: 13)) }
    var receiveWindow: UInt16 { bytes.checkedField(UInt16.self, at: 14) }

    /// The timestamps option; a broken option ends the search and harms nothing else.
    @inline(__always)
    var timestamps: Timestamps? {
        guard headerLength > Self.minimumHeaderLength else { return nil }
        let end = min(headerLength, bytes.byteCount)
        let offset = Self.minimumHeaderLength
        // Two fillers, then timestamps: what nearly every segment behind the handshake has
        // (RFC 7323 appendix A).
        if end >= offset + 12, bytes.checkedField(UInt32.self, at: offset) == 0x0101_080A {
            return Timestamps(
                value: bytes.checkedField(UInt32.self, at: offset + 4),
                echo: bytes.checkedField(UInt32.self, at: offset + 8)
            )
        }
        return searchedTimestamps
    }

    /// The option, wherever it is.
    private var searchedTimestamps: Timestamps? {
        let end = min(headerLength, bytes.byteCount)
        var offset = Self.minimumHeaderLength
        while offset < end {
            switch bytes.byte(at: offset) {
            case 0:
                return nil
            case 1:
                offset += 1
            case let kind:
                guard offset + 2 <= end else { return nil }
                let length = Int(bytes.byte(at: offset + 1))
                guard length >= 2, offset + length <= end else { return nil }
                if kind == 8, length == 10 {
                    return Timestamps(
                        value: bytes.bigEndian(UInt32.self, at: offset + 2),
                        echo: bytes.bigEndian(UInt32.self, at: offset + 6)
                    )
                }
                offset += length
            }
        }
        return nil
    }
}
