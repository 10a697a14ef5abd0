// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What decides where the rows of a group belong: ids, dialled addresses and activity.
///
/// All other sections are stepped over.
struct GroupIndex {
    /// By row.
    let ids: [UInt64]
    private var sizes: [Int] = []
    private var endpoints: [UInt64] = []
    private var ports: [UInt64] = []
    private var connections: [UInt64] = []
    private var first: [UInt64] = []
    private var length: [UInt64] = []
    /// By row, or nothing where no row has any.
    private var rests: [[BlockRow.Rest]] = []
    /// Where the dialled addresses of the next row begin.
    private var next = 0

    /// Reads a group of a block of the current version.
    init(_ group: BlockReader.Group, _ bytes: [UInt8]) throws(BlockError) {
        var all = ByteCursor(bytes, from: group.offset)
        var cursor = try all.section(length: group.length)
        let place = cursor.position
        var edge = group.firstEdge
        var ids = [edge]
        ids.reserveCapacity(group.edges)
        for distance in try CounterColumn.read(group.edges - 1, from: &cursor) {
            let (next, overflow) = edge.addingReportingOverflow(distance)
            guard !overflow, next < .max else { throw .malformed(offset: place) }
            edge = next + 1
            ids.append(edge)
        }
        self.ids = ids
        let established = try CounterColumn.read(group.edges, from: &cursor)
        for _ in 0..<3 { _ = try cursor.section() }
        var dialled = try cursor.section()
        try readDialled(established, &dialled)
        try dialled.finish()
        for _ in 0..<2 { _ = try cursor.section() }
        var activity = try cursor.section()
        if activity.remaining > 0 {
            first = try CounterColumn.read(group.edges, from: &activity)
            length = try CounterColumn.read(group.edges, from: &activity)
            rests = try ActivitySection.readRests(first, length, from: &activity)
        }
        try activity.finish()
        try cursor.finish()
    }

    private mutating func readDialled(
        _ established: [UInt64],
        _ cursor: inout ByteCursor
    ) throws(BlockError) {
        let (sizes, total) = try CounterColumn.readCounts(ids.count, from: &cursor)
        guard total > 0 else { return }
        self.sizes = sizes
        endpoints = try CounterColumn.read(total, from: &cursor)
        ports = try CounterColumn.read(total, from: &cursor)
        connections = try CounterColumn.read(total, from: &cursor)
        connections.restore(sizes, expected: established)
    }

    /// The first and the last base window in which a row was active, from 0 within the block's window.
    func activity(of row: Int) throws(BlockError) -> (first: Int64, last: Int64) {
        guard !first.isEmpty else { return (0, 0) }
        let (last, overflow) = first[row].addingReportingOverflow(length[row])
        guard !overflow, last <= UInt64(UInt32.max) else { throw .malformed(offset: 0) }
        return (Int64(first[row]), Int64(last))
    }

    /// The times in which a row was active, where it rested between them; nothing where it did not.
    func spans(of row: Int, in window: Window) -> [Window] {
        guard row < rests.count, let end = rests[row].last?.until else { return [] }
        var spans: [Window] = []
        func append(_ first: UInt32, _ last: UInt64) {
            spans.append(
                Window(
                    start: window.start + Int64(first) * Window.baseNanoseconds,
                    end: window.start + Int64(clamping: last + 1) * Window.baseNanoseconds
                )
            )
        }
        // No greater than the last window, which is known to fit.
        var reached = UInt32(truncatingIfNeeded: first[row])
        for rest in rests[row] {
            append(reached, UInt64(rest.after))
            reached = rest.until
        }
        append(end, first[row] + length[row])
        return spans
    }

    /// Adds the addresses that clients of the next row used to a list; rows are asked for in order,
    /// each once.
    mutating func append(dialledOf row: Int, to list: inout [BlockRow.Dialled]) throws(BlockError) {
        guard !sizes.isEmpty else { return }
        let end = next + sizes[row]
        for position in next..<end {
            guard let port = UInt16(exactly: ports[position]) else { throw BlockError.malformed(offset: 0) }
            list.append(
                BlockRow.Dialled(
                    endpoint: endpoints[position],
                    port: port,
                    connections: connections[position]
                )
            )
        }
        next = end
    }
}
