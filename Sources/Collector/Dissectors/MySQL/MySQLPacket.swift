// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A packet (MySQL internals, "MySQL Packets"): payload length (3, little-endian), number (1), payload.
struct MySQLPacket: BitwiseCopyable {
    /// Bytes of the payload.
    let length: Int
    /// Its number since the command.
    let number: UInt8

    /// Reads the header.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= 4 else { return nil }
        let header = bytes.littleEndian(UInt32.self, at: 0)
        length = Int(header & 0xFF_FFFF)
        number = UInt8(truncatingIfNeeded: header >> 24)
    }

    /// It goes on in the next packet.
    var isFull: Bool { length == MySQLLimits.fullPacket }
}

/// Fields of payloads.
extension RawSpan {
    func littleEndianPair(at offset: Int) -> Int { Int(octetPair(at: offset).byteSwapped) }

    func littleEndianWord(at offset: Int) -> UInt32 {
        guard offset >= 0, offset + 4 <= byteCount else { return 0 }
        return littleEndian(UInt32.self, at: offset)
    }

    /// A number that says itself how long it is, and where it ends.
    func lengthEncoded(at offset: Int) -> (value: Int, end: Int) {
        let first = octet(at: offset)
        let count =
            switch first {
            case 0xFC: 2
            case 0xFD: 3
            case 0xFE: 8
            default: 0
            }
        guard count > 0 else { return (Int(first), offset + 1) }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(octet(at: offset + 1 + index)) << UInt64(8 * index) }
        return (Int(clamping: value), offset + 1 + count)
    }
}
