// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The head of a message in a frame, in the strict binary or the compact protocol (Apache Thrift,
/// "Thrift Remote Procedure Call" and "Thrift Compact protocol encoding").
///
/// ```text
/// binary   length | 80 01 00 type | name length | name | sequence id | struct
/// compact  length | 82 | type << 5 + version 1 | sequence id (varint) | name length | name | struct
/// ```
struct ThriftMessage {
    enum Kind: UInt8, BitwiseCopyable {
        case call = 1
        case reply = 2
        case exception = 3
        case oneway = 4
    }

    enum Reading {
        case message(ThriftMessage)
        case needsMore
        case invalid
    }

    static let lengthSize = 4

    let kind: Kind
    let sequence: UInt32
    let name: Range<Int>
    /// Where the struct begins.
    let body: Int
    let isCompact: Bool

    static func read(_ bytes: RawSpan) -> Reading {
        guard bytes.byteCount > lengthSize else { return .needsMore }
        switch bytes.octet(at: lengthSize) {
        case 0x80: return binary(bytes)
        case 0x82: return compact(bytes)
        default: return .invalid
        }
    }

    private static func binary(_ bytes: RawSpan) -> Reading {
        guard bytes.byteCount >= 12 else { return isBinary(bytes) ? .needsMore : .invalid }
        let name = Int(bytes.octetQuad(at: 8))
        guard isBinary(bytes), let kind = Kind(rawValue: bytes.octet(at: 7)),
            (1...ThriftLimits.name).contains(name)
        else { return .invalid }
        guard bytes.byteCount >= 16 + name else { return .needsMore }
        return .message(
            ThriftMessage(
                kind: kind,
                sequence: bytes.octetQuad(at: 12 + name),
                name: 12..<12 + name,
                body: 16 + name,
                isCompact: false
            )
        )
    }

    private static func isBinary(_ bytes: RawSpan) -> Bool {
        (bytes.byteCount < 6 || bytes.octet(at: 5) == 1) && (bytes.byteCount < 7 || bytes.octet(at: 6) == 0)
    }

    private static func compact(_ bytes: RawSpan) -> Reading {
        guard bytes.byteCount > 5 else { return .needsMore }
        guard bytes.octet(at: 5) & 0x1F == 1, let kind = Kind(rawValue: bytes.octet(at: 5) >> 5) else {
            return .invalid
        }
        var offset = 6
        guard let sequence = varint(bytes, at: &offset), let name = varint(bytes, at: &offset) else {
            return bytes.byteCount < 16 ? .needsMore : .invalid
        }
        guard (1...UInt32(ThriftLimits.name)).contains(name) else { return .invalid }
        guard bytes.byteCount >= offset + Int(name) else { return .needsMore }
        return .message(
            ThriftMessage(
                kind: kind,
                sequence: sequence,
                name: offset..<offset + Int(name),
                body: offset + Int(name),
                isCompact: true
            )
        )
    }

    /// At most five bytes of seven bits, least significant first.
    private static func varint(_ bytes: RawSpan, at offset: inout Int) -> UInt32? {
        var value: UInt32 = 0
        for shift in 0..<5 {
            guard offset < bytes.byteCount else { return nil }
            let byte = bytes.octet(at: offset)
            offset += 1
            value |= UInt32(byte & 0x7F) << UInt32(shift * 7)
            if byte < 0x80 { return value }
        }
        return nil
    }

    /// Whether a reply is an exception that its method declares: its first field is not number 0.
    func isDeclaredException(_ bytes: RawSpan) -> Bool {
        guard kind == .reply, body < bytes.byteCount else { return false }
        let type = bytes.octet(at: body)
        if isCompact {
            guard type != 0 else { return false }
            // The upper half is the distance to the number before; 0 where it follows by itself.
            let distance = type >> 4
            return distance != 0 || bytes.octet(at: body + 1) != 0
        }
        return type != 0 && bytes.octetPair(at: body + 1) != 0
    }
}
