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
    static func write(
        _ first: [UInt32],
        _ last: [UInt32],
        to writer: inout ByteWriter
    ) throws(BlockError) {
        guard first.contains(where: { $0 != 0 }) || last.contains(where: { $0 != 0 }) else { return }
        for row in first.indices where first[row] > last[row] { throw .unstorable(.activity) }
        CounterColumn.write(first.map { UInt64($0) }, to: &writer)
        CounterColumn.write(zip(first, last).map { UInt64($1 - $0) }, to: &writer)
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
