// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Reads a block: all of it, or one edge without decoding the other groups.
///
/// Safe on any bytes: whatever is wrong is thrown, and no length allocates more than a
/// multiple of the bytes there are.
package struct BlockReader: Sendable {
    /// A row group, as the directory describes it.
    package struct Group: Equatable, Sendable {
        package let firstEdge: UInt64
        package let edges: Int
        let offset: Int
        let length: Int
    }

    /// The directory, in order of first edge.
    package let groups: [Group]
    let version: UInt8
    let bytes: [UInt8]
    private let strings: [UInt64: String]

    /// Checks the envelope and reads the directory.
    ///
    /// - Parameters:
    ///   - bytes: The stored block.
    ///   - strings: The string dictionary by id.
    ///   - isChecked: Whether the groups' checksums were looked at in this snapshot of the store before.
    /// - Throws: `BlockError` where the bytes are damaged or of another version.
    package init(
        _ bytes: [UInt8],
        strings: [UInt64: String],
        isChecked: Bool = false
    ) throws(BlockError) {
        let directory = try BlockDirectory(bytes)
        groups = try directory.groups(in: bytes, isChecked: isChecked)
        version = directory.version
        self.bytes = bytes
        self.strings = strings
    }

    /// Some groups of a block of the current version.
    ///
    /// - Parameters:
    ///   - directory: Of the block.
    ///   - entries: Of the groups, in order.
    ///   - bytes: The groups, one after the other.
    /// - Throws: `BlockError` where they are damaged.
    init(_ directory: BlockDirectory, _ entries: [BlockDirectory.Entry], _ bytes: [UInt8]) throws(BlockError)
    {
        groups = try directory.groups(entries, in: bytes, from: 0)
        version = directory.version
        self.bytes = bytes
        strings = [:]
    }

    /// Every row, in order of edge id.
    package func rows() throws(BlockError) -> [BlockRow] {
        var rows: [BlockRow] = []
        rows.reserveCapacity(groups.reduce(0) { $0 + $1.edges })
        for group in groups {
            let more = try self.rows(of: group)
            if let last = rows.last, let next = more.first, next.edge <= last.edge {
                throw .malformed(offset: group.offset)
            }
            rows += more
        }
        return rows
    }

    /// The row of one edge; only its group is decoded.
    package func row(edge: UInt64) throws(BlockError) -> BlockRow? {
        guard let group = groups.last(where: { $0.firstEdge <= edge }) else { return nil }
        return try rows(of: group).first { $0.edge == edge }
    }

    /// The rows of one group of this reader.
    package func rows(of group: Group) throws(BlockError) -> [BlockRow] {
        var all = ByteCursor(bytes, from: group.offset)
        var cursor = try all.section(length: group.length)
        var rows: [BlockRow] = [BlockRow(edge: group.firstEdge)]
        rows.reserveCapacity(group.edges)
        var edge = group.firstEdge
        let place = cursor.position
        let distances =
            version >= BlockFormat.packedVersion
            ? try CounterColumn.read(group.edges - 1, from: &cursor)
            : try CounterColumn.denseValues(group.edges - 1, from: &cursor)
        for distance in distances {
            let (next, overflow) = edge.addingReportingOverflow(distance)
            guard !overflow, next < .max else { throw .malformed(offset: place) }
            edge = next + 1
            rows.append(BlockRow(edge: edge))
        }
        let established =
            version >= BlockFormat.packedVersion ? try CounterColumn.read(group.edges, from: &cursor) : []
        var connections = try cursor.section()
        try ConnectionSection.read(
            into: &rows,
            version: version,
            established: established,
            strings: strings,
            from: &connections
        )
        try connections.finish()
        var times = try cursor.section()
        try TimeSection.read(into: &rows, version: version, from: &times)
        try times.finish()
        var protocols = try cursor.section()
        try ProtocolSection.read(into: &rows, version: version, strings: strings, from: &protocols)
        try protocols.finish()
        var dialled = try cursor.section()
        try DialledSection.read(into: &rows, version: version, from: &dialled)
        try dialled.finish()
        if version >= BlockFormat.dissectionVersion {
            var handshakes = try cursor.section()
            try HandshakeSection.read(into: &rows, version: version, from: &handshakes)
            try handshakes.finish()
            var samples = try cursor.section()
            try SampleSection.read(
                into: &rows,
                strings: strings,
                hasFields: version >= BlockFormat.fieldVersion,
                from: &samples
            )
            try samples.finish()
        }
        if version >= BlockFormat.activityVersion {
            var activity = try cursor.section()
            try ActivitySection.read(into: &rows, from: &activity)
            try activity.finish()
        }
        try cursor.finish()
        return rows
    }
}
