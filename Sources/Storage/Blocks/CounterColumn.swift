// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A column of counters, most of which are zero most of the time.
///
/// A mode byte, then the values in the shortest of several ways. The number of values is known
/// from elsewhere.
package enum CounterColumn {
    private enum Mode: UInt8 {
        /// Nothing follows; all values are zero.
        case zero = 0
        /// A varint for each value.
        case dense = 1
        /// A bitmap, least significant bit first, and a varint for each value that is not zero.
        case sparse = 2
        /// One varint: all values are this.
        case constant = 3
        /// Varint: the least value. Byte: bits to each. Then each value less the least, in so many bits.
        case packed = 4
        /// Each value in as many bits as it needs, see `ColumnGrades`.
        case graded = 5
        /// One value for nearly all, and what the others are, see `ColumnExceptions`.
        case exceptions = 6
    }

    /// So many values may take no room at all.
    private static let unpaidValues = 1 << 16

    /// Writes a column; equal values give equal bytes.
    package static func write(_ values: [UInt64], to writer: inout ByteWriter) {
        write(values.span, to: &writer)
    }

    /// Writes a column; equal values give equal bytes.
    static func write(_ values: Span<UInt64>, to writer: inout ByteWriter) {
        guard !values.isEmpty else { return writer.append(byte: Mode.zero.rawValue) }
        let first = values[0]
        var (least, greatest, zeros) = (first, first, 0)
        for index in values.indices {
            let value = values[index]
            least = min(least, value)
            greatest = max(greatest, value)
            if value == 0 { zeros &+= 1 }
        }
        guard least != greatest else {
            // More values take at least a bit each, see `readCounts`.
            guard values.count <= Self.unpaidValues else { return writeDense(values, to: &writer) }
            guard first != 0 else { return writer.append(byte: Mode.zero.rawValue) }
            writer.append(byte: Mode.constant.rawValue)
            return writer.append(varint: first)
        }
        writeVaried(values, least, greatest, zeros: zeros, to: &writer)
    }

    private static func writeVaried(
        _ values: Span<UInt64>,
        _ least: UInt64,
        _ greatest: UInt64,
        zeros: Int,
        to writer: inout ByteWriter
    ) {
        var (varints, graded, common) = (0, ColumnGrades(), ColumnExceptions())
        for index in values.indices {
            let length = values[index].bitLength
            varints &+= max(1, (length &+ 6) / 7)
            graded.count(length)
            common.note(values[index])
        }
        let sparse = (values.count + 7) / 8 + varints - zeros
        let width = (greatest - least).bitLength
        let packed = (values.count * width + 7) / 8 + max(1, (least.bitLength + 6) / 7) + 1
        let (grade, gradedBits) = graded.best
        // Of a number of 64 bits, one more would be none.
        let gradedBytes = greatest.bitLength > 62 ? .max : gradedBits / 8 + 4
        let shortest = min(varints, sparse, packed, gradedBytes)
        if values.count <= Self.unpaidValues, let exceptions = common.encoded(values, shorterThan: shortest) {
            writer.append(byte: Mode.exceptions.rawValue)
            writer.append(contentsOf: exceptions)
        } else if shortest == packed {
            writer.append(byte: Mode.packed.rawValue)
            writer.append(varint: least)
            writer.append(byte: UInt8(width))
            var bits = BitWriter()
            for index in values.indices { bits.append(values[index] - least, bits: width) }
            bits.flush(to: &writer)
        } else if shortest == sparse {
            writer.append(byte: Mode.sparse.rawValue)
            var bits = BitWriter()
            for index in values.indices { bits.append(values[index] == 0 ? 0 : 1, bits: 1) }
            bits.flush(to: &writer)
            for index in values.indices where values[index] != 0 { writer.append(varint: values[index]) }
        } else if shortest == varints {
            writeDense(values, to: &writer)
        } else {
            writer.append(byte: Mode.graded.rawValue)
            ColumnGrades.write(values, grade: grade, to: &writer)
        }
    }

    private static func writeDense(_ values: Span<UInt64>, to writer: inout ByteWriter) {
        writer.append(byte: Mode.dense.rawValue)
        for index in values.indices { writer.append(varint: values[index]) }
    }

    /// Reads a column.
    ///
    /// A constant column takes two bytes however long it is, and few exceptions little more: `count` must
    /// have been bounded by the caller.
    package static func read(_ count: Int, from cursor: inout ByteCursor) throws(BlockError) -> [UInt64] {
        let offset = cursor.position
        guard let mode = Mode(rawValue: try cursor.byte()) else { throw .malformed(offset: offset) }
        switch mode {
        case .zero:
            return [UInt64](repeating: 0, count: count)
        case .constant:
            return [UInt64](repeating: try cursor.varint(), count: count)
        case .dense:
            return try denseValues(count, from: &cursor)
        case .sparse:
            var bitmap: [UInt8] = []
            for _ in 0..<(count + 7) / 8 { bitmap.append(try cursor.byte()) }
            var values = [UInt64](repeating: 0, count: count)
            for index in values.indices where bitmap[index / 8] >> UInt8(index % 8) & 1 == 1 {
                values[index] = try cursor.varint()
            }
            return values
        case .packed:
            return try packedValues(count, from: &cursor)
        case .graded:
            return try ColumnGrades.read(count, from: &cursor)
        case .exceptions:
            return try ColumnExceptions.read(count, from: &cursor)
        }
    }

    private static func packedValues(
        _ count: Int,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [UInt64] {
        let offset = cursor.position
        let least = try cursor.varint()
        let width = Int(try cursor.byte())
        // With a width of 0 the writer would have said that all are the same.
        guard width > 0, width <= 64, count <= cursor.remaining * 8 / width else {
            throw .malformed(offset: offset)
        }
        var section = try cursor.section(length: (count * width + 7) / 8)
        var bits = BitReader(&section)
        var values: [UInt64] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(least &+ (try bits.bits(width))) }
        try bits.finish()
        return values
    }

    /// Reads a column of counts of things that are listed later in the same section.
    ///
    /// - Returns: The counts and their sum, which is no more than 65,536 or the bits that are left.
    package static func readCounts(
        _ count: Int,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> (counts: [Int], total: Int) {
        let offset = cursor.position
        let values = try read(count, from: &cursor)
        let limit = max(Self.unpaidValues, cursor.remaining * 8)
        var total = 0
        var counts: [Int] = []
        counts.reserveCapacity(count)
        for value in values {
            guard value <= UInt64(limit - total) else { throw .malformed(offset: offset) }
            total += Int(value)
            counts.append(Int(value))
        }
        return (counts, total)
    }

    /// A varint for each value and no mode byte: a column that bounds how many there can be.
    package static func denseValues(
        _ count: Int,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [UInt64] {
        guard count <= cursor.remaining else { throw .truncated(offset: cursor.position) }
        var values: [UInt64] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try cursor.varint()) }
        return values
    }
}
