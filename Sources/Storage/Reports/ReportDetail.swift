// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What a report says besides its edges, as ids of the dictionaries.
///
/// ```text
/// names             count, then zigzag differences of name ids, in the report's order
/// local addresses   count, then for each: zigzag difference of endpoint ids, locality byte
/// coverage          frames, metered, duplicate, translated, notMetered, filtered
/// undecodable       tally of one map
/// losses            tally of one map, causes by name
/// ```
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
        writer.append(varint: UInt64(names.count))
        var previous: UInt64 = 0
        for id in names {
            writer.append(signed: Int64(bitPattern: id &- previous))
            previous = id
        }
        writer.append(varint: UInt64(localAddresses.count))
        previous = 0
        for address in localAddresses {
            writer.append(signed: Int64(bitPattern: address.endpoint &- previous))
            writer.append(byte: address.locality.rawValue)
            previous = address.endpoint
        }
        for counter in [
            coverage.frames, coverage.metered, coverage.duplicate, coverage.translated,
            coverage.notMetered, coverage.filtered,
        ] {
            writer.append(varint: counter)
        }
        var losses: [String: UInt64] = [:]
        for (cause, count) in coverage.losses { losses[cause.rawValue] = count }
        try TallyColumn.write([coverage.undecodable], strings: strings, to: &writer)
        try TallyColumn.write([losses], strings: strings, to: &writer)
        return try Frame.reportDetail.seal(writer.bytes)
    }

    init() {}

    init(_ bytes: [UInt8], strings: [UInt64: String]) throws(BlockError) {
        var (cursor, _) = try Frame.reportDetail.open(bytes)
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
        coverage.frames = try cursor.varint()
        coverage.metered = try cursor.varint()
        coverage.duplicate = try cursor.varint()
        coverage.translated = try cursor.varint()
        coverage.notMetered = try cursor.varint()
        coverage.filtered = try cursor.varint()
        coverage.undecodable = try TallyColumn.read(1, strings: strings, from: &cursor).first ?? [:]
        for (name, count) in try TallyColumn.read(1, strings: strings, from: &cursor).first ?? [:] {
            guard let cause = LossCause(rawValue: name) else { throw .malformed(offset: cursor.position) }
            coverage.losses[cause] = count
        }
        try cursor.finish()
    }
}
