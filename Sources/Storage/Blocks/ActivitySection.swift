// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The seventh section of a row group, since version 4: in which base windows of a coarse window each
/// edge had rows.
///
/// ```text
/// first window               counter column
/// last window less first     counter column
/// ```
///
/// Windows are counted from 0 within the block's window. Where all are 0, as in every block of a base
/// window, the section is empty.
enum ActivitySection {
    static func write(_ rows: ArraySlice<BlockRow>, to writer: inout ByteWriter) throws(BlockError) {
        guard rows.contains(where: { $0.firstWindow != 0 || $0.lastWindow != 0 }) else { return }
        for row in rows where row.firstWindow > row.lastWindow { throw .unstorable(.activity) }
        CounterColumn.write(rows.map { UInt64($0.firstWindow) }, to: &writer)
        CounterColumn.write(rows.map { UInt64($0.lastWindow - $0.firstWindow) }, to: &writer)
    }

    static func read(into rows: inout [BlockRow], from cursor: inout ByteCursor) throws(BlockError) {
        guard cursor.remaining > 0 else { return }
        let offset = cursor.position
        let first = try CounterColumn.read(rows.count, from: &cursor)
        let length = try CounterColumn.read(rows.count, from: &cursor)
        for index in rows.indices {
            let (last, overflow) = first[index].addingReportingOverflow(length[index])
            guard !overflow, let last = UInt32(exactly: last) else { throw .malformed(offset: offset) }
            // Not above the last one, which fits.
            rows[index].firstWindow = UInt32(truncatingIfNeeded: first[index])
            rows[index].lastWindow = last
        }
    }
}
