// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Storage

/// How many bytes each column of some blocks takes.
struct BlockWalk {
    private var bytes: [(name: String, bytes: Int)] = []
    private var positions: [String: Int] = [:]
    private var rows = 0
    private var total = 0

    /// Counter columns of the first section, in order.
    private static let connections = [
        "packets sent", "packets received", "bytes sent", "bytes received", "retransmitted sent",
        "retransmitted received", "out of order sent", "out of order received", "zero window sent",
        "zero window received", "refused", "unanswered", "unreachable", "answeredLate",
        "reset", "closed", "icmpErrors", "open", "pending", "handshakes attempted", "handshakes completed",
    ]
    private static let counters = [
        "flags", "inFlight", "incomplete", "earlyResponse", "retries", "streaming", "recognized", "session",
        "messages sent", "messages received",
    ]
    private static let outcomes = [
        "ok", "clientError", "serverError", "clientGaveUp", "serverClosed", "timedOut",
    ]

    mutating func add(_ blocks: [[UInt8]]) throws {
        for block in blocks { try add(block) }
    }

    func printTable() {
        for entry in bytes.sorted(by: { $0.bytes > $1.bytes }) {
            let share = Double(entry.bytes) / Double(max(1, rows))
            print("\((share * 1_000).rounded() / 1_000) \(entry.name)")
        }
        print("rows: \(rows), bytes of a row: \(Double(total) / Double(max(1, rows)))")
    }

    private mutating func note(_ name: String, _ count: Int) {
        if let position = positions[name] {
            bytes[position].bytes += count
        } else {
            positions[name] = bytes.count
            bytes.append((name, count))
        }
    }

    private mutating func add(_ block: [UInt8]) throws {
        total += block.count
        var cursor = ByteCursor(block, from: Frame.headerBytes)
        var sizes: [Int] = []
        for _ in 0..<(try cursor.count()) {
            _ = try cursor.varint()
            sizes.append(Int(try cursor.varint()))
            _ = try cursor.varint()
            _ = try cursor.section(length: 4)
        }
        note("frame and directory", cursor.position)
        for size in sizes { try addGroup(size, &cursor) }
        try cursor.finish()
    }

    private mutating func addGroup(_ size: Int, _ cursor: inout ByteCursor) throws {
        rows += size
        _ = try column("edge distances", size - 1, &cursor)
        let established = try column("established", size, &cursor)
        note("section lengths", 7)
        var section = try cursor.section()
        var scales: [[UInt64]] = []
        for (index, name) in Self.connections.enumerated() {
            // Packets received by packets sent, bytes by packets.
            let values =
                1...3 ~= index
                ? try scaled(name, by: scales[index % 2 == 1 && index > 1 ? 1 : 0], &section)
                : try column(name, size, &section)
            if index < 2 { scales.append(values) }
        }
        try tally("failed handshakes", size, &section)
        section = try cursor.section()
        let connect = try histograms("connectTime", size, established, nil, &section)
        _ = try histograms("initialRtt", size, connect.counts, nil, &section)
        _ = try histograms("rtt", size, nil, nil, &section)
        section = try cursor.section()
        try addProtocols(size, &section)
        section = try cursor.section()
        let dialled = try sizes("dialled", size, &section).reduce(0, +)
        if dialled > 0 {
            _ = try column("dialled endpoints", dialled, &section)
            _ = try column("dialled ports", dialled, &section)
            _ = try column("dialled connections", dialled, &section)
        }
        section = try cursor.section()
        note("handshakes", section.remaining)
        section = try cursor.section()
        note("samples", section.remaining)
        section = try cursor.section()
        note("activity", section.remaining)
    }

    private mutating func addProtocols(_ size: Int, _ section: inout ByteCursor) throws {
        let entries = try sizes("protocols", size, &section).reduce(0, +)
        guard entries > 0 else { return }
        _ = try column("protocol names", entries, &section)
        var columns: [[UInt64]] = []
        for name in Self.counters { columns.append(try column(name, entries, &section)) }
        let operationSizes = try sizes("operations", entries, &section)
        let operations = operationSizes.reduce(0, +)
        var operationLatency: [Histogram] = []
        var outcomes = [UInt64](repeating: 0, count: entries)
        if operations > 0 {
            _ = try column("operation names", operations, &section)
            let answered = try answered("operation ", operations, &section)
            let times = try histograms("operation latency", operations, answered, nil, &section)
            operationLatency = times.histograms ?? []
            var next = 0
            for entry in 0..<entries {
                for position in next..<next + operationSizes[entry] {
                    outcomes[entry] &+= answered[position]
                }
                next += operationSizes[entry]
            }
        }
        let flags = columns[0]
        let own = try answered("", entries, &section)
        for entry in 0..<entries where flags[entry] & 1 == 0 { outcomes[entry] = own[entry] }
        _ = try column("started", entries, &section)
        let expected = (0..<entries).map { flags[$0] & 2 == 0 ? outcomes[$0] : 0 }
        var latency = try histograms("latency", entries, expected, nil, &section).histograms ?? []
        var next = 0
        for entry in 0..<entries {
            for position in next..<next + operationSizes[entry] where flags[entry] & 2 != 0 {
                latency[entry].merge(operationLatency[position])
            }
            next += operationSizes[entry]
        }
        let model = DecodedHistograms(latency)
        _ = try histograms("serverTime", entries, model.counts, model, &section)
        _ = try histograms("streamDuration", entries, columns[5], nil, &section)
        try tally("statuses", entries, &section)
    }

    /// Reads the columns of outcomes.
    ///
    /// - Returns: Requests with a response.
    private mutating func answered(
        _ prefix: String,
        _ count: Int,
        _ section: inout ByteCursor
    ) throws -> [UInt64] {
        var answered = [UInt64](repeating: 0, count: count)
        for (index, name) in Self.outcomes.enumerated() {
            let values = try column(prefix + name, count, &section)
            // The first three are answers.
            if index < 3 { for place in values.indices { answered[place] &+= values[place] } }
        }
        return answered
    }

    // MARK: - Columns

    private mutating func column(
        _ name: String,
        _ count: Int,
        _ cursor: inout ByteCursor
    ) throws -> [UInt64] {
        let start = cursor.position
        let values = try CounterColumn.read(count, from: &cursor)
        note(name, cursor.position - start)
        return values
    }

    private mutating func scaled(
        _ name: String,
        by scale: [UInt64],
        _ cursor: inout ByteCursor
    ) throws -> [UInt64] {
        let start = cursor.position
        let values = try ScaledColumn.read(scale: scale, from: &cursor)
        note(name, cursor.position - start)
        return values
    }

    private mutating func sizes(_ name: String, _ count: Int, _ cursor: inout ByteCursor) throws -> [Int] {
        let start = cursor.position
        let (counts, _) = try CounterColumn.readCounts(count, from: &cursor)
        note(name + ", how many", cursor.position - start)
        return counts
    }

    private mutating func histograms(
        _ name: String,
        _ count: Int,
        _ expected: [UInt64]?,
        _ model: DecodedHistograms?,
        _ cursor: inout ByteCursor
    ) throws -> DecodedHistograms {
        let start = cursor.position
        let column = try HistogramColumn.read(count, expected: expected, model: model, from: &cursor)
        note(name, cursor.position - start)
        return column
    }

    private mutating func tally(
        _ name: String,
        _ count: Int,
        _ cursor: inout ByteCursor
    ) throws {
        let total = try sizes(name, count, &cursor).reduce(0, +)
        guard total > 0 else { return }
        _ = try column(name + ", names", total, &cursor)
        _ = try column(name + ", counts", total, &cursor)
    }
}
