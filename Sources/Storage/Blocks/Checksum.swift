// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), by eight tables for eight bytes at a time.
package enum Checksum {
    /// The checksum of some bytes followed by others.
    package static func crc32c(_ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8> = []) -> UInt32 {
        ~advance(advance(.max, by: first), by: second)
    }

    /// A checksum as it is stored: four bytes, the least significant first.
    package static func bytes(_ checksum: UInt32) -> [UInt8] {
        stride(from: UInt32(0), to: 32, by: 8).map { UInt8(truncatingIfNeeded: checksum >> $0) }
    }

    /// The checksum that some bytes store.
    static func stored(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func advance(_ start: UInt32, by bytes: ArraySlice<UInt8>) -> UInt32 {
        let (tables, bytes) = (Self.tables.span, bytes.span)
        var (state, place) = (start, 0)
        while place &+ 8 <= bytes.count {
            var next: UInt32 = 0
            for offset in 0..<8 {
                // The state has four bytes, which meet the first four.
                let byte = offset < 4 ? UInt8(truncatingIfNeeded: state &>> UInt32(8 &* offset)) : 0
                next ^= tables[(7 &- offset) &<< 8 &+ Int(bytes[place &+ offset] ^ byte)]
            }
            state = next
            place &+= 8
        }
        while place < bytes.count {
            state = tables[Int((state ^ UInt32(bytes[place])) & 0xFF)] ^ (state >> 8)
            place &+= 1
        }
        return state
    }

    /// The polynomial 0x1EDC6F41 with its bits reversed.
    private static let polynomial: UInt32 = 0x82F6_3B78

    /// What a byte does to the state, then what it does with one more byte behind it, and so on to seven.
    private static let tables: [UInt32] = {
        var tables = (0..<256).map { index in
            var value = UInt32(index)
            for _ in 0..<8 {
                value = value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1
            }
            return value
        }
        for index in 256..<2_048 {
            let before = tables[index - 256]
            tables.append(tables[Int(before & 0xFF)] ^ (before >> 8))
        }
        return tables
    }()
}
