// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Counters of very different size in as many bits as each needs.
///
/// ```text
/// length     varint: bytes of all that follows
/// grade      byte, 0 to 63
/// then as bits, for each value v, where q = (v >> grade) + 1 has n + 1 bits:
///   n        n zeros and a one
///   q        its n bits below the first
///   v        its `grade` low bits
/// ```
///
/// That is the exponential Golomb code, of numbers of at most 62 bits; the grade is that with which the column is shortest.
struct ColumnGrades {
    /// How many values have how many bits.
    private var lengths = [Int](repeating: 0, count: 65)

    /// Notes a value by its length in bits.
    mutating func count(_ length: Int) { lengths[length] &+= 1 }

    /// The grade that makes the column shortest, and about how many bits it takes.
    var best: (grade: Int, bits: Int) {
        let longest = lengths.lastIndex { $0 > 0 } ?? 0
        // Of grade 0, a value takes two bits for each of its own, and one. Each further grade takes a bit more
        // of all values, and two less of those that are longer. That is a little less than the truth where
        // v + 2^grade has a bit more than v.
        var (bits, longer) = (0, 0)
        for length in 0...longest {
            bits += lengths[length] * (2 * length + 1)
            longer += lengths[length]
        }
        let count = longer
        var best = (grade: 0, bits: bits)
        for grade in 1..<max(1, min(longest, 63)) {
            longer -= lengths[grade - 1]
            bits += count - 2 * longer
            if bits < best.bits { best = (grade, bits) }
        }
        return best
    }

    static func write(_ values: Span<UInt64>, grade: Int, to writer: inout ByteWriter) {
        var bits = BitWriter()
        let mask = UInt64(1) &<< UInt64(grade) &- 1
        for index in values.indices {
            let value = values[index]
            let quotient = (value &>> UInt64(grade)) &+ 1
            let steps = quotient.bitLength - 1
            bits.append(0, bits: steps)
            bits.append(1, bits: 1)
            bits.append(quotient & (1 &<< UInt64(steps) &- 1), bits: steps)
            bits.append(value & mask, bits: grade)
        }
        writer.append(varint: UInt64(bits.byteCount + 1))
        writer.append(byte: UInt8(grade))
        bits.flush(to: &writer)
    }

    static func read(_ count: Int, from cursor: inout ByteCursor) throws(BlockError) -> [UInt64] {
        let offset = cursor.position
        var section = try cursor.section()
        let grade = Int(try section.byte())
        guard grade <= 63, count <= section.remaining * 8 else { throw .malformed(offset: offset) }
        var bits = BitReader(&section)
        var values: [UInt64] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            let steps = try bits.zeros()
            guard steps + grade < 64 else { throw .malformed(offset: offset) }
            let quotient = 1 &<< UInt64(steps) | (try bits.bits(steps))
            values.append((quotient &- 1) &<< UInt64(grade) | (try bits.bits(grade)))
        }
        try bits.finish()
        return values
    }
}
