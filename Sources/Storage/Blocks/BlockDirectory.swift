// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What stands before the row groups of a block: which edges each has, where it lies, and its checksum.
///
/// So a group can be read without the others.
struct BlockDirectory {
    /// A row group, as it is listed.
    struct Entry {
        let firstEdge: UInt64
        let edges: Int
        /// From the end of the directory.
        let offset: Int
        let length: Int
        /// `nil` in blocks of old versions, where one checksum covers all.
        let checksum: UInt32?
    }

    let version: UInt8
    let entries: [Entry]
    /// Where the first group begins.
    let end: Int

    /// How many bytes of a block hold nearly every directory: sixteen groups of 20 bytes.
    static let usualBytes = 512

    /// Checks the envelope and reads the directory.
    ///
    /// - Parameters:
    ///   - bytes: The block, or so much of its beginning as holds the directory.
    ///   - total: How long the block is, where that is not all of it.
    /// - Throws: `BlockError` where the bytes are damaged or of another version.
    init(_ bytes: [UInt8], of total: Int? = nil) throws(BlockError) {
        let version = try Frame.windowBlock.version(bytes)
        let hasChecksums = version >= BlockFormat.packedVersion
        if !hasChecksums { try Frame.windowBlock.check(bytes, through: bytes.count) }
        var cursor = ByteCursor(bytes, from: Frame.headerBytes)
        let count = try cursor.count()
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        let limit = (total ?? bytes.count) - Frame.headerBytes
        var first: UInt64 = 0
        var offset = 0
        for _ in 0..<count {
            let place = cursor.position
            let (next, overflow) = first.addingReportingOverflow(try cursor.varint())
            let edges = try cursor.varint()
            let length = try cursor.varint()
            guard !overflow, next > first, edges >= 1, edges <= UInt64(BlockFormat.edgesPerGroup),
                length <= UInt64(limit - offset)
            else { throw .malformed(offset: place) }
            let start = cursor.position
            if hasChecksums { _ = try cursor.section(length: 4) }
            entries.append(
                Entry(
                    firstEdge: next,
                    edges: Int(edges),
                    offset: offset,
                    length: Int(length),
                    checksum: hasChecksums ? Checksum.stored(bytes[start..<cursor.position]) : nil
                )
            )
            first = next
            offset += Int(length)
        }
        if hasChecksums { try Frame.windowBlock.check(bytes, through: cursor.position) }
        guard offset == (total ?? bytes.count) - cursor.position else {
            throw .malformed(offset: cursor.position)
        }
        self.version = version
        self.entries = entries
        end = cursor.position
    }

    /// The groups of a whole block.
    func groups(in bytes: [UInt8], isChecked: Bool = false) throws(BlockError) -> [BlockReader.Group] {
        try groups(entries, in: bytes, from: end, isChecked: isChecked)
    }

    /// Some groups, whose bytes follow each other from an offset on; their checksums are right.
    func groups(
        _ entries: [Entry],
        in bytes: [UInt8],
        from start: Int,
        isChecked: Bool = false
    ) throws(BlockError) -> [BlockReader.Group] {
        var groups: [BlockReader.Group] = []
        groups.reserveCapacity(entries.count)
        var offset = start
        for entry in entries {
            guard entry.length <= bytes.count - offset else { throw .truncated(offset: offset) }
            if let checksum = entry.checksum, !isChecked {
                let computed = Checksum.crc32c(bytes[offset..<offset + entry.length])
                guard computed == checksum else { throw .checksumMismatch }
            }
            groups.append(
                BlockReader.Group(
                    firstEdge: entry.firstEdge,
                    edges: entry.edges,
                    offset: offset,
                    length: entry.length
                )
            )
            offset += entry.length
        }
        return groups
    }

    /// Those of the groups that may have some edges.
    ///
    /// - Parameter edges: Their ids, sorted.
    /// - Returns: In order.
    func entries(of edges: [UInt64]) -> [Entry] {
        var (found, next): ([Entry], Int) = ([], 0)
        for edge in edges {
            while next + 1 < entries.count, entries[next + 1].firstEdge <= edge { next += 1 }
            guard next < entries.count, entries[next].firstEdge <= edge else { continue }
            if found.last?.firstEdge != entries[next].firstEdge { found.append(entries[next]) }
        }
        return found
    }
}
