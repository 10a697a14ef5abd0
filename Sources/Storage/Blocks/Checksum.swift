// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4), by table.
package enum Checksum {
    /// The checksum of some bytes followed by others.
    package static func crc32c(_ first: ArraySlice<UInt8>, _ second: ArraySlice<UInt8> = []) -> UInt32 {
        ~advance(advance(.max, by: first), by: second)
    }

    private static func advance(_ start: UInt32, by bytes: ArraySlice<UInt8>) -> UInt32 {
        let table = Self.table
        var state = start
        for byte in bytes {
            state = table[Int((state ^ UInt32(byte)) & 0xFF)] ^ (state >> 8)
        }
        return state
    }

    /// The polynomial 0x1EDC6F41 with its bits reversed.
    private static let polynomial: UInt32 = 0x82F6_3B78

    private static let table: [UInt32] = (0..<256).map { index in
        var value = UInt32(index)
        for _ in 0..<8 {
            value = value & 1 == 1 ? (value >> 1) ^ polynomial : value >> 1
        }
        return value
    }
}
