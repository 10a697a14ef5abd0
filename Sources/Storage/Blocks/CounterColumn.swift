// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A column of counters, most of which are zero most of the time.
///
/// A mode byte, then the values in the shortest of four ways. The number of values is known
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
    }

    /// Writes a column; equal values give equal bytes.
    package static func write(_ values: [UInt64], to writer: inout ByteWriter) {
        guard let first = values.first else { return writer.append(byte: Mode.zero.rawValue) }
        if values.allSatisfy({ $0 == first }) {
            guard first != 0 else { return writer.append(byte: Mode.zero.rawValue) }
            writer.append(byte: Mode.constant.rawValue)
            return writer.append(varint: first)
        }
        let zeros = values.count { $0 == 0 }
        // A zero costs a byte when dense, nothing when sparse; the bitmap costs a bit for each.
        guard zeros > (values.count + 7) / 8 else {
            writer.append(byte: Mode.dense.rawValue)
            for value in values { writer.append(varint: value) }
            return
        }
        writer.append(byte: Mode.sparse.rawValue)
        for start in stride(from: 0, to: values.count, by: 8) {
            var bits: UInt8 = 0
            for (bit, value) in values[start..<min(start + 8, values.count)].enumerated() where value != 0 {
                bits |= 1 << UInt8(bit)
            }
            writer.append(byte: bits)
        }
        for value in values where value != 0 { writer.append(varint: value) }
    }

    /// Reads a column.
    ///
    /// A constant column takes two bytes however long it is: `count` must have been bounded by
    /// the caller.
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
        }
    }

    /// Reads a column of counts of things that are listed later in the same section.
    ///
    /// - Returns: The counts and their sum, which is no more than the bytes that are left.
    package static func readCounts(
        _ count: Int,
        from cursor: inout ByteCursor
    ) throws(BlockError) -> (counts: [Int], total: Int) {
        let offset = cursor.position
        let values = try read(count, from: &cursor)
        let limit = cursor.remaining
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
