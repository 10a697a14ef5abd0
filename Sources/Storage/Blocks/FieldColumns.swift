// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Header fields of samples.
///
/// ```text
/// fields, of each sample     counter column
/// then, over all fields:
/// length                     a varint for each
/// side                       counter column, 0 for the request
/// name                       counter column of string ids
/// value                      so many bytes of UTF-8 for each
/// ```
///
/// Values are no strings of the dictionary, which never forgets one.
enum FieldColumns {
    static func write(
        _ lists: [[HeaderField]],
        strings: inout StringIDs,
        to writer: inout ByteWriter
    ) throws(BlockError) {
        CounterColumn.write(lists.map { UInt64($0.count) }, to: &writer)
        let fields = lists.flatMap(\.self)
        guard !fields.isEmpty else { return }
        var names: [UInt64] = []
        for field in fields { names.append(try strings.id(of: field.name)) }
        for field in fields { writer.append(varint: UInt64(field.value.utf8.count)) }
        CounterColumn.write(fields.map { UInt64($0.side.rawValue) }, to: &writer)
        CounterColumn.write(names, to: &writer)
        for field in fields { writer.append(utf8: field.value) }
    }

    /// Reads the fields of so many samples.
    static func read(
        _ count: Int,
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> [[HeaderField]] {
        let (sizes, total) = try CounterColumn.readCounts(count, from: &cursor)
        guard total > 0 else { return [[HeaderField]](repeating: [], count: count) }
        let lengths = try CounterColumn.denseValues(total, from: &cursor)
        let sides = try CounterColumn.read(total, from: &cursor)
        let names = try CounterColumn.read(total, from: &cursor)
        var lists: [[HeaderField]] = []
        lists.reserveCapacity(count)
        var next = 0
        for size in sizes {
            var list: [HeaderField] = []
            for position in next..<next + size {
                guard let side = UInt8(exactly: sides[position]).flatMap(HeaderField.Side.init) else {
                    throw .malformed(offset: cursor.position)
                }
                guard let name = strings[names[position]] else { throw .unknownID(names[position]) }
                list.append(HeaderField(side, name, try cursor.utf8(length: lengths[position])))
            }
            next += size
            lists.append(list)
        }
        return lists
    }
}
