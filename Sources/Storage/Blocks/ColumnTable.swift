// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Counters of many rows, gathered row by row and written column by column.
struct ColumnTable {
    private let columns: Int
    private var values: [UInt64] = []

    init(columns: Int, rows: Int) {
        self.columns = columns
        values.reserveCapacity(columns * rows)
    }

    /// Adds the next value of a row, or the first of the next row.
    mutating func append(_ value: UInt64) { values.append(value) }

    /// Writes all columns.
    func write(to writer: inout ByteWriter) {
        let rows = values.count / columns
        var column = [UInt64](repeating: 0, count: rows)
        for index in 0..<columns {
            var place = index
            for row in 0..<rows {
                column[row] = values[place]
                place &+= columns
            }
            CounterColumn.write(column, to: &writer)
        }
    }
}
