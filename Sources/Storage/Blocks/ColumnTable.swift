// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Counters of many rows, gathered row by row and written column by column.
struct ColumnTable: Sendable {
    let columns: Int
    /// Row by row.
    private(set) var values: [UInt64] = []

    init(columns: Int) {
        self.columns = columns
    }

    /// A table of so many rows, all 0.
    init(columns: Int, rows: Int) {
        self.columns = columns
        values = [UInt64](repeating: 0, count: columns * rows)
    }

    /// Sets a column.
    mutating func set(_ index: Int, to column: [UInt64]) {
        var place = index
        for value in column {
            values[place] = value
            place &+= columns
        }
    }

    /// Adds a row of zeros.
    mutating func appendRow() {
        for _ in 0..<columns { values.append(0) }
    }

    /// Adds the values of a row of another table to the last row; sums that do not fit stay at the greatest.
    mutating func add(_ row: Int, of other: ColumnTable) {
        var (mine, theirs) = (values.count &- columns, row &* columns)
        for _ in 0..<columns {
            values[mine].addSaturated(other.values[theirs])
            mine &+= 1
            theirs &+= 1
        }
    }

    /// Removes the rows from one on.
    mutating func removeRows(from row: Int) { values.removeSubrange((row * columns)...) }

    /// How many rows there are.
    var rows: Int { values.count / columns }

    /// Adds the next value of a row, or the first of the next row.
    mutating func append(_ value: UInt64) { values.append(value) }

    /// A value of a row.
    subscript(row: Int, column: Int) -> UInt64 {
        get { values[row &* columns &+ column] }
        set { values[row &* columns &+ column] = newValue }
    }

    /// One column.
    func column(_ index: Int) -> [UInt64] {
        let rows = values.count / columns
        var column = [UInt64](repeating: 0, count: rows)
        gather(index, into: &column)
        return column
    }

    /// Writes all columns.
    func write(to writer: inout ByteWriter) { write(0..<columns, to: &writer) }

    /// Writes some columns.
    func write(_ range: Range<Int>, to writer: inout ByteWriter) {
        let rows = values.count / columns
        var column = [UInt64](repeating: 0, count: rows)
        for index in range {
            gather(index, into: &column)
            CounterColumn.write(column.span, to: &writer)
        }
    }

    mutating func removeAll() { values.removeAll(keepingCapacity: true) }

    private func gather(_ index: Int, into column: inout [UInt64]) {
        var place = index
        for row in column.indices {
            column[row] = values[place]
            place &+= columns
        }
    }
}
