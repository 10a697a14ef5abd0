// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Where the frames of a window went, as reports and summaries keep it.
///
/// ```text
/// counters          varints: frames, metered, duplicate, translated, notMetered, filtered
/// undecodable       tally of one map
/// losses            tally of one map, causes by name
/// ```
enum CoverageSection {
    static func write(
        _ coverage: Coverage,
        strings: [String: UInt64],
        to writer: inout ByteWriter
    ) throws(BlockError) {
        for counter in [
            coverage.frames, coverage.metered, coverage.duplicate, coverage.translated,
            coverage.notMetered, coverage.filtered,
        ] {
            writer.append(varint: counter)
        }
        var losses: [String: UInt64] = [:]
        for (cause, count) in coverage.losses { losses[cause.rawValue] = count }
        var ids = StringIDs(strings)
        try TallyColumn.writeUnpacked(coverage.undecodable, strings: &ids, to: &writer)
        try TallyColumn.writeUnpacked(losses, strings: &ids, to: &writer)
    }

    static func read(
        strings: [UInt64: String],
        from cursor: inout ByteCursor
    ) throws(BlockError) -> Coverage {
        var coverage = Coverage()
        coverage.frames = try cursor.varint()
        coverage.metered = try cursor.varint()
        coverage.duplicate = try cursor.varint()
        coverage.translated = try cursor.varint()
        coverage.notMetered = try cursor.varint()
        coverage.filtered = try cursor.varint()
        coverage.undecodable = try TallyColumn.readUnpacked(strings: strings, from: &cursor)
        for (name, count) in try TallyColumn.readUnpacked(strings: strings, from: &cursor) {
            guard let cause = LossCause(rawValue: name) else { throw .malformed(offset: cursor.position) }
            coverage.losses[cause] = count
        }
        return coverage
    }
}
