// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What a report says besides its edges, as ids of the dictionaries.
///
/// ```text
/// names             how many, a counter column of one; counter column of zigzag differences of name ids, in
///                   the report's order
/// local addresses   how many, a counter column of one; counter columns of zigzag differences of endpoint
///                   ids, and of localities
/// coverage          `CoverageSection`
/// ```
///
/// In version 1 counts were a varint, and so was each difference, with the byte of a locality behind it.
struct ReportDetail: Equatable {
    var names: [UInt64] = []
    var localAddresses: [(endpoint: UInt64, locality: Locality)] = []
    var coverage = Coverage()

    static func == (left: Self, right: Self) -> Bool {
        left.names == right.names && left.coverage == right.coverage
            && left.localAddresses.elementsEqual(right.localAddresses, by: ==)
    }

    func encoded(strings: [String: UInt64]) throws(BlockError) -> [UInt8] {
        var writer = ByteWriter()
        Self.write(names, to: &writer)
        Self.write(localAddresses.map(\.endpoint), to: &writer)
        CounterColumn.write(localAddresses.map { UInt64($0.locality.rawValue) }, to: &writer)
        try CoverageSection.write(coverage, strings: strings, to: &writer)
        return try Frame.reportDetail.seal(writer.bytes)
    }

    init() {}

    init(_ bytes: [UInt8], strings: [UInt64: String]) throws(BlockError) {
        var (cursor, version) = try Frame.reportDetail.open(bytes)
        if version == 1 {
            try readLists1(from: &cursor)
        } else {
            names = try Self.readIDs(from: &cursor)
            let endpoints = try Self.readIDs(from: &cursor)
            let offset = cursor.position
            for (endpoint, locality) in zip(
                endpoints,
                try CounterColumn.read(endpoints.count, from: &cursor)
            ) {
                guard let locality = UInt8(exactly: locality).flatMap(Locality.init) else {
                    throw .malformed(offset: offset)
                }
                localAddresses.append((endpoint, locality))
            }
        }
        coverage = try CoverageSection.read(strings: strings, from: &cursor)
        try cursor.finish()
    }

    /// Writes how many ids there are and the distance of each from the one before.
    private static func write(_ ids: [UInt64], to writer: inout ByteWriter) {
        CounterColumn.write([UInt64(ids.count)], to: &writer)
        var previous: UInt64 = 0
        let steps = ids.map { id in
            defer { previous = id }
            return (id &- previous).zigzag
        }
        CounterColumn.write(steps, to: &writer)
    }

    private static func readIDs(from cursor: inout ByteCursor) throws(BlockError) -> [UInt64] {
        let (_, count) = try CounterColumn.readCounts(1, from: &cursor)
        var ids = try CounterColumn.read(count, from: &cursor)
        var previous: UInt64 = 0
        for index in ids.indices {
            previous = previous &+ ids[index].unzigzag
            ids[index] = previous
        }
        return ids
    }

    /// Reads names and local addresses of version 1.
    private mutating func readLists1(from cursor: inout ByteCursor) throws(BlockError) {
        var previous: UInt64 = 0
        for _ in 0..<(try cursor.count()) {
            previous = previous &+ UInt64(bitPattern: try cursor.signed())
            names.append(previous)
        }
        previous = 0
        for _ in 0..<(try cursor.count()) {
            previous = previous &+ UInt64(bitPattern: try cursor.signed())
            let offset = cursor.position
            guard let locality = Locality(rawValue: try cursor.byte()) else {
                throw .malformed(offset: offset)
            }
            localAddresses.append((previous, locality))
        }
    }
}
