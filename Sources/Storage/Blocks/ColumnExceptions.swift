// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Counters that are nearly all the same.
///
/// ```text
/// common     varint: what most are
/// others     varint: how many are something else, at most half of them and at least one
/// distances  counter column: where each of those is, counted from the one before, or from the first value
/// values     counter column: what each is, as zigzag difference from the common one less 1
/// ```
struct ColumnExceptions {
    /// Of the values so far: the one that may be more than half of them, by majority vote.
    private var candidate: UInt64 = 0
    private var votes = 0

    /// Notes a value.
    @inline(__always)
    mutating func note(_ value: UInt64) {
        if votes == 0 { candidate = value }
        votes &+= value == candidate ? 1 : -1
    }

    /// The column behind its mode; `nil` where it would not be shorter, or most values are not the same.
    ///
    /// - Parameters:
    ///   - values: All that were noted; not all are equal.
    ///   - limit: Bytes that any other mode takes.
    /// - Returns: What follows the mode.
    func encoded(_ values: Span<UInt64>, shorterThan limit: Int) -> ByteWriter? {
        // With a quarter of others, a bit or two for each value is no more.
        guard votes > values.count / 2 else { return nil }
        var (distances, others): ([UInt64], [UInt64]) = ([], [])
        var next = 0
        for index in values.indices where values[index] != candidate {
            distances.append(UInt64(index - next))
            others.append((values[index] &- candidate).zigzag &- 1)
            next = index + 1
        }
        guard !others.isEmpty, others.count <= values.count / 2 else { return nil }
        var writer = ByteWriter()
        writer.append(varint: candidate)
        writer.append(varint: UInt64(others.count))
        CounterColumn.write(distances, to: &writer)
        CounterColumn.write(others, to: &writer)
        return writer.bytes.count < limit ? writer : nil
    }

    /// Reads a column of so many values.
    static func read(_ count: Int, from cursor: inout ByteCursor) throws(BlockError) -> [UInt64] {
        let offset = cursor.position
        let common = try cursor.varint()
        let others = try cursor.varint()
        // Half as many at most, so columns within columns come to an end.
        guard others > 0, others <= UInt64(count / 2) else { throw .malformed(offset: offset) }
        let distances = try CounterColumn.read(Int(others), from: &cursor)
        let differences = try CounterColumn.read(Int(others), from: &cursor)
        var values = [UInt64](repeating: common, count: count)
        var next = 0
        for index in distances.indices {
            guard distances[index] < UInt64(count - next) else { throw .malformed(offset: offset) }
            next += Int(distances[index])
            values[next] = common &+ (differences[index] &+ 1).unzigzag
            next += 1
        }
        return values
    }
}
