// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Lists of dictionary strings: ids in increasing order, as differences.
struct StringIDs {
    private let ids: [String: UInt64]
    /// The string asked for last and its id: neighbors often have the same.
    private var last: (string: String, id: UInt64)?

    init(_ ids: [String: UInt64]) {
        self.ids = ids
    }

    /// The id of a string.
    mutating func id(of string: String) throws(BlockError) -> UInt64 {
        if let last, last.string == string { return last.id }
        guard let id = ids[string] else { throw .unstorable(.string) }
        last = (string, id)
        return id
    }

    /// The entries of a map by the id of their key.
    mutating func sorted<Value>(
        _ map: [String: Value]
    ) throws(BlockError) -> [(id: UInt64, value: Value)] {
        var entries: [(id: UInt64, value: Value)] = []
        entries.reserveCapacity(map.count)
        for (key, value) in map { entries.append((try id(of: key), value)) }
        if entries.count > 1 { entries.sort { $0.id < $1.id } }
        return entries
    }

    /// Reads lists of the given sizes; within a list ids increase and none is 0.
    ///
    /// Since version 4 the differences are a counter column, before they were a varint each.
    static func read(
        _ sizes: [Int],
        total: Int,
        version: UInt8,
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [String] {
        let offset = cursor.position
        let steps =
            version >= BlockFormat.packedVersion
            ? try CounterColumn.read(total, from: &cursor)
            : try CounterColumn.denseValues(total, from: &cursor)
        var keys: [String] = []
        keys.reserveCapacity(total)
        for size in sizes {
            var id: UInt64 = 0
            for _ in 0..<size {
                let (next, overflow) = id.addingReportingOverflow(steps[keys.count])
                guard !overflow, next > id else { throw .malformed(offset: offset) }
                guard let key = strings[next] else { throw .unknownID(next) }
                keys.append(key)
                id = next
            }
        }
        return keys
    }
}
