// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What a report says besides its edges, as ids of the dictionaries.
///
/// ```text
/// names             count, then zigzag differences of name ids, in the report's order
/// local addresses   count, then for each: zigzag difference of endpoint ids, locality byte
/// coverage          `CoverageSection`
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
        try CoverageSection.write(coverage, strings: strings, to: &writer)
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
        coverage = try CoverageSection.read(strings: strings, from: &cursor)
        try cursor.finish()
    }
}
