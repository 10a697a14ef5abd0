// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Lists of dictionary strings: ids in increasing order, as differences.
enum StringIDs {
    /// The entries of a map by the id of their key.
    static func sorted<Value>(
        _ map: [String: Value],
        _ strings: [String: UInt64]
    ) throws(BlockError) -> [(id: UInt64, value: Value)] {
        var entries: [(id: UInt64, value: Value)] = []
        entries.reserveCapacity(map.count)
        for (key, value) in map {
            guard let id = strings[key] else { throw .unstorable(.string) }
            entries.append((id, value))
        }
        entries.sort { $0.id < $1.id }
        return entries
    }

    /// Reads lists of the given sizes; within a list ids increase and none is 0.
    static func read(
        _ sizes: [Int],
        total: Int,
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [String] {
        var keys: [String] = []
        keys.reserveCapacity(total)
        for size in sizes {
            var id: UInt64 = 0
            for _ in 0..<size {
                let offset = cursor.position
                let (next, overflow) = id.addingReportingOverflow(try cursor.varint())
                guard !overflow, next > id else { throw .malformed(offset: offset) }
                guard let key = strings[next] else { throw .unknownID(next) }
                keys.append(key)
                id = next
            }
        }
        return keys
    }
}
