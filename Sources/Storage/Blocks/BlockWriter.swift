// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Writes the edges of one shard of one report as a block.
package struct BlockWriter: Sendable {
    private let strings: [String: UInt64]

    /// - Parameter strings: The ids of every string in the rows to come, protocol names included.
    package init(strings: [String: UInt64]) {
        self.strings = strings
    }

    /// Encodes rows; equal rows give equal bytes.
    ///
    /// - Parameter rows: In strictly increasing order of edge id, none of which is 0.
    /// - Returns: The sealed block.
    /// - Throws: `BlockError.unstorable` or `.tooLarge` for rows that the format cannot hold.
    package func encode(_ rows: [BlockRow]) throws(BlockError) -> [UInt8] { try encode(rows[...]) }

    /// Encodes a part of the rows.
    func encode(_ rows: ArraySlice<BlockRow>) throws(BlockError) -> [UInt8] {
        var directory = ByteWriter()
        var content = ByteWriter()
        var groups: UInt64 = 0
        var previousFirst: UInt64 = 0
        for start in stride(from: rows.startIndex, to: rows.endIndex, by: BlockFormat.edgesPerGroup) {
            let group = rows[start..<min(start + BlockFormat.edgesPerGroup, rows.endIndex)]
            let first = rows[start].edge
            guard first > previousFirst else { throw .unstorable(.edgeOrder) }
            if start > rows.startIndex, first <= rows[start - 1].edge { throw .unstorable(.edgeOrder) }
            let bytes = try encode(group: group)
            directory.append(varint: first - previousFirst)
            directory.append(varint: UInt64(group.count))
            directory.append(varint: UInt64(bytes.bytes.count))
            content.append(contentsOf: bytes)
            previousFirst = first
            groups += 1
        }
        var body = ByteWriter()
        body.append(varint: groups)
        body.append(contentsOf: directory)
        body.append(contentsOf: content)
        return try Frame.windowBlock.seal(body.bytes)
    }

    private func encode(group rows: ArraySlice<BlockRow>) throws(BlockError) -> ByteWriter {
        var group = ByteWriter()
        var strings = StringIDs(strings)
        // The directory has the first id; what follows is the distance to the one before, less 1.
        var distances: [UInt64] = []
        for index in rows.indices.dropFirst() {
            let (edge, next) = (rows[index - 1].edge, rows[index].edge)
            guard next > edge else { throw .unstorable(.edgeOrder) }
            distances.append(next - edge - 1)
        }
        CounterColumn.write(distances, to: &group)
        var connections = ByteWriter()
        try ConnectionSection.write(rows, strings: strings, to: &connections)
        group.append(section: connections)
        var times = ByteWriter()
        try TimeSection.write(rows, to: &times)
        group.append(section: times)
        var protocols = ByteWriter()
        try ProtocolSection.write(rows, strings: strings, to: &protocols)
        group.append(section: protocols)
        var dialled = ByteWriter()
        DialledSection.write(rows, to: &dialled)
        group.append(section: dialled)
        var handshakes = ByteWriter()
        try HandshakeSection.write(rows, to: &handshakes)
        group.append(section: handshakes)
        var samples = ByteWriter()
        try SampleSection.write(rows, strings: &strings, to: &samples)
        group.append(section: samples)
        var activity = ByteWriter()
        try ActivitySection.write(rows, to: &activity)
        group.append(section: activity)
        return group
    }
}
