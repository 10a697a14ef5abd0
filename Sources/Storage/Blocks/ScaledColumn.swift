// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A counter column of numbers that grow with those of another, its scale: bytes with packets, packets that
/// came back with packets that were sent.
///
/// A counter column, or, where that is shorter:
///
/// ```text
/// mode     byte: 7
/// high     counter column: each number without its low bits, which are as many as the scale's number has
///          below its first
/// low      bits: the low bits of each
/// ```
///
/// What is left of them are numbers of one size, bytes to a packet, and the low bits are like dice.
package enum ScaledColumn {
    private static let mode: UInt8 = 7

    /// How many low bits a number has beside this one.
    private static func lowBits(_ scale: UInt64) -> Int { max(0, scale.bitLength - 1) }

    /// Writes a column; equal values give equal bytes.
    package static func write(_ values: [UInt64], scale: [UInt64], to writer: inout ByteWriter) {
        var plain = ByteWriter()
        CounterColumn.write(values, to: &plain)
        var bits = BitWriter()
        var high = values
        for index in values.indices {
            let width = lowBits(scale[index])
            high[index] = values[index] &>> UInt64(width)
            bits.append(values[index] & (1 &<< UInt64(width) &- 1), bits: width)
        }
        var scaled = ByteWriter()
        scaled.append(byte: mode)
        CounterColumn.write(high, to: &scaled)
        bits.flush(to: &scaled)
        writer.append(contentsOf: scaled.bytes.count < plain.bytes.count ? scaled : plain)
    }

    /// Reads a column of as many numbers as the scale has.
    package static func read(scale: [UInt64], from cursor: inout ByteCursor) throws(BlockError) -> [UInt64] {
        guard try cursor.skip(byte: mode) else { return try CounterColumn.read(scale.count, from: &cursor) }
        let offset = cursor.position
        var values = try CounterColumn.read(scale.count, from: &cursor)
        var length = 0
        for number in scale { length += lowBits(number) }
        var section = try cursor.section(length: (length + 7) / 8)
        var bits = BitReader(&section)
        for index in values.indices {
            let width = lowBits(scale[index])
            guard values[index].bitLength + width <= 64 else { throw .malformed(offset: offset) }
            values[index] = values[index] &<< UInt64(width) | (try bits.bits(width))
        }
        try bits.finish()
        return values
    }
}
