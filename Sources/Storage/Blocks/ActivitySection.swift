// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The seventh section of a row group, since version 4: in which base windows of a coarse window each
/// edge had rows.
///
/// ```text
/// first window               counter column
/// last window less first     counter column
/// rests                      counter column: how many rests each edge has; only where any has one
/// working before, resting    two counter columns, an entry for each rest: from the first window, or the end of the
///                            rest before, to the last window before the rest; from there to the next window less 2
/// ```
///
/// Windows are counted from 0 within the block's window. Where all are 0, as in every block of a base
/// window, the section is empty. A rest is a time with a whole day in it of which an edge has no row: only windows of
/// 30 days have them.
enum ActivitySection {
    /// Base windows of a day.
    private static let daysWindows: UInt32 = 8_640

    /// Whether a whole day lies between two base windows, counted from the begin of one.
    static func isRest(after: UInt32, until: UInt32) -> Bool {
        until / daysWindows > after / daysWindows &+ 1
    }

    static func write(
        _ first: [UInt32],
        _ last: [UInt32],
        rests: [[BlockRow.Rest]],
        to writer: inout ByteWriter
    ) throws(BlockError) {
        guard first.contains(where: { $0 != 0 }) || last.contains(where: { $0 != 0 }) else { return }
        for row in first.indices where first[row] > last[row] { throw .unstorable(.activity) }
        CounterColumn.write(first.map { UInt64($0) }, to: &writer)
        CounterColumn.write(zip(first, last).map { UInt64($1 - $0) }, to: &writer)
        guard rests.contains(where: { !$0.isEmpty }) else { return }
        var (working, resting): ([UInt64], [UInt64]) = ([], [])
        for (row, own) in rests.enumerated() {
            var reached = first[row]
            for rest in own {
                guard rest.after >= reached, rest.until > rest.after, rest.until - rest.after >= 2,
                    rest.until <= last[row]
                else { throw .unstorable(.activity) }
                working.append(UInt64(rest.after - reached))
                resting.append(UInt64(rest.until - rest.after - 2))
                reached = rest.until
            }
        }
        var sizes = rests.map { UInt64($0.count) }
        while sizes.count < first.count { sizes.append(0) }
        CounterColumn.write(sizes, to: &writer)
        CounterColumn.write(working, to: &writer)
        CounterColumn.write(resting, to: &writer)
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
        let rests = try readRests(first, length, from: &cursor)
        for index in rests.indices { rows[index].rests = rests[index] }
    }

    /// Reads the rests of rows by their first and last windows; nothing where no row has any.
    static func readRests(
        _ first: [UInt64],
        _ length: [UInt64],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [[BlockRow.Rest]] {
        guard cursor.remaining > 0 else { return [] }
        let offset = cursor.position
        let (sizes, total) = try CounterColumn.readCounts(first.count, from: &cursor)
        let working = try CounterColumn.read(total, from: &cursor)
        let resting = try CounterColumn.read(total, from: &cursor)
        var next = 0
        var rests: [[BlockRow.Rest]] = []
        rests.reserveCapacity(first.count)
        for row in first.indices {
            var own: [BlockRow.Rest] = []
            var reached = first[row]
            let last = first[row].addingReportingOverflow(length[row])
            for _ in 0..<sizes[row] {
                let after = reached.addingReportingOverflow(working[next])
                let until = after.partialValue.addingReportingOverflow(resting[next])
                let behind = until.partialValue.addingReportingOverflow(2)
                guard !last.overflow, !after.overflow, !until.overflow, !behind.overflow,
                    behind.partialValue <= last.partialValue, let end = UInt32(exactly: behind.partialValue)
                else { throw .malformed(offset: offset) }
                // Less than the end, which fits.
                own.append(BlockRow.Rest(after: UInt32(truncatingIfNeeded: after.partialValue), until: end))
                reached = behind.partialValue
                next += 1
            }
            rests.append(own)
        }
        return rests
    }
}
