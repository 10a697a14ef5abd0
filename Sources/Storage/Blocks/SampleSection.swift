// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The sixth section of a row group, since version 2: sampled transactions.
///
/// ```text
/// samples, for each edge     counter column
/// then, over all samples, in order of time within an edge:
/// times                      zigzag differences in nanoseconds, the first from 1970
/// flags                      counter column, see `Flag`
/// protocol, operation,
/// status, server name        four counter columns of string ids, 0 for none
/// outcome                    counter column
/// request end, response
/// start, response end, end   four counter columns of nanoseconds after the time
/// request, response bytes    two counter columns
/// header fields              `FieldColumns`, since version 3
/// ```
enum SampleSection {
    private struct Flag: OptionSet {
        let rawValue: UInt64
        static let responseStart = Flag(rawValue: 1)
        static let responseEnd = Flag(rawValue: 2)
        static let requestBytes = Flag(rawValue: 4)
        static let responseBytes = Flag(rawValue: 8)
        static let incomplete = Flag(rawValue: 16)
        static let streaming = Flag(rawValue: 32)
        static let all: UInt64 = 63

        init(rawValue: UInt64) {
            self.rawValue = rawValue
        }

        init(_ sample: TransactionSample) {
            self = []
            if sample.responseStart != nil { insert(.responseStart) }
            if sample.responseEnd != nil { insert(.responseEnd) }
            if sample.requestBytes != nil { insert(.requestBytes) }
            if sample.responseBytes != nil { insert(.responseBytes) }
            if sample.isIncomplete { insert(.incomplete) }
            if sample.isStreaming { insert(.streaming) }
        }
    }

    /// Columns after the times.
    private static let columns = 12

    /// Writes the samples of each row, or none for so many rows.
    static func write(
        _ all: [TransactionSamples],
        rows: Int,
        strings: inout StringIDs,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        let lists = all.map(\.sorted)
        let sizes =
            lists.isEmpty ? [UInt64](repeating: 0, count: rows) : lists.map { UInt64($0.count) }
        CounterColumn.write(sizes, to: &writer)
        let samples = lists.flatMap(\.self)
        guard !samples.isEmpty else { return }
        var previous: Int64 = 0
        for sample in samples {
            writer.append(signed: sample.at.nanoseconds &- previous)
            previous = sample.at.nanoseconds
        }
        var table: [[UInt64]] = []
        table.reserveCapacity(samples.count)
        for sample in samples { table.append(try values(of: sample, &strings)) }
        for column in 0..<columns { CounterColumn.write(table.map { $0[column] }, to: &writer) }
        try FieldColumns.write(samples.map(\.fields), strings: &strings, to: &writer)
    }

    static func read(
        into rows: inout [BlockRow],
        strings: [UInt64: String],
        hasFields: Bool,
        from cursor: inout ByteCursor
    ) throws(BlockError) {
        let (sizes, total) = try CounterColumn.readCounts(rows.count, from: &cursor)
        guard total > 0 else { return }
        var times: [Int64] = []
        times.reserveCapacity(total)
        var previous: Int64 = 0
        for _ in 0..<total {
            previous = previous &+ (try cursor.signed())
            times.append(previous)
        }
        var table: [[UInt64]] = []
        for _ in 0..<columns { table.append(try CounterColumn.read(total, from: &cursor)) }
        let fields = hasFields ? try FieldColumns.read(total, strings: strings, from: &cursor) : []
        var next = 0
        for index in rows.indices {
            var samples: [TransactionSample] = []
            for position in next..<next + sizes[index] {
                let values = table.map { $0[position] }
                let at = Timestamp(nanoseconds: times[position])
                var sample = try sample(at: at, values, strings, offset: cursor.position)
                if hasFields { sample.fields = fields[position] }
                samples.append(sample)
            }
            next += sizes[index]
            rows[index].samples = TransactionSamples(samples)
        }
    }

    private static func values(
        of sample: TransactionSample,
        _ strings: inout StringIDs
    ) throws(BlockError) -> [UInt64] {
        [
            Flag(sample).rawValue,
            try id(of: sample.applicationProtocol.rawValue, &strings),
            try id(of: sample.operation, &strings),
            try id(of: sample.status, &strings),
            try id(of: sample.serverName, &strings),
            UInt64(sample.outcome.rawValue),
            sample.requestEnd,
            sample.responseStart ?? 0,
            sample.responseEnd ?? 0,
            sample.ended,
            sample.requestBytes ?? 0,
            sample.responseBytes ?? 0,
        ]
    }

    /// Undoes `values`; the two must stay in the same order, which the round trip tests.
    private static func sample(
        at: Timestamp,
        _ values: [UInt64],
        _ strings: [UInt64: String],
        offset: Int
    ) throws(BlockError) -> TransactionSample {
        guard values[0] <= Flag.all, let outcome = UInt8(exactly: values[5]).flatMap(Outcome.init),
            let name = try string(values[1], strings).flatMap(ApplicationProtocol.init),
            let operation = try string(values[2], strings)
        else { throw .malformed(offset: offset) }
        let flags = Flag(rawValue: values[0])
        return TransactionSample(
            applicationProtocol: name,
            operation: operation,
            outcome: outcome,
            status: try string(values[3], strings),
            at: at,
            requestEnd: values[6],
            responseStart: flags.contains(.responseStart) ? values[7] : nil,
            responseEnd: flags.contains(.responseEnd) ? values[8] : nil,
            ended: values[9],
            isIncomplete: flags.contains(.incomplete),
            isStreaming: flags.contains(.streaming),
            requestBytes: flags.contains(.requestBytes) ? values[10] : nil,
            responseBytes: flags.contains(.responseBytes) ? values[11] : nil,
            serverName: try string(values[4], strings)
        )
    }

    private static func id(of string: String?, _ strings: inout StringIDs) throws(BlockError) -> UInt64 {
        guard let string else { return 0 }
        return try strings.id(of: string)
    }

    private static func string(_ id: UInt64, _ strings: [UInt64: String]) throws(BlockError) -> String? {
        guard id != 0 else { return nil }
        guard let string = strings[id] else { throw .unknownID(id) }
        return string
    }
}
