// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What a summary says besides its edges.
///
/// ```text
/// observed spans    count; start of the first as a zigzag number of nanoseconds since 1970; then
///                   by turns the length of a span and the distance to the next
/// coverage          `CoverageSection`
/// ```
struct SummaryDetail: Equatable {
    /// The parts of the window that the reporter was watching: in order, apart from each other,
    /// none empty.
    var observed: [Window] = []
    var coverage = Coverage()

    init() {}

    func encoded(strings: [String: UInt64]) throws(BlockError) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(varint: UInt64(observed.count))
        var previous: Int64?
        for span in observed {
            if let previous {
                writer.append(varint: UInt64(bitPattern: span.start.nanoseconds &- previous))
            } else {
                writer.append(signed: span.start.nanoseconds)
            }
            writer.append(varint: UInt64(bitPattern: span.end.nanoseconds &- span.start.nanoseconds))
            previous = span.end.nanoseconds
        }
        try CoverageSection.write(coverage, strings: strings, to: &writer)
        return try Frame.summaryDetail.seal(writer.bytes)
    }

    init(_ bytes: [UInt8], strings: [UInt64: String]) throws(BlockError) {
        var (cursor, _) = try Frame.summaryDetail.open(bytes)
        var end: Int64?
        for _ in 0..<(try cursor.count()) {
            let start: Int64
            if let end {
                start = try Self.later(than: end, from: &cursor)
            } else {
                start = try cursor.signed()
            }
            let next = try Self.later(than: start, from: &cursor)
            observed.append(Window(start: Timestamp(nanoseconds: start), end: Timestamp(nanoseconds: next)))
            end = next
        }
        coverage = try CoverageSection.read(strings: strings, from: &cursor)
        try cursor.finish()
    }

    private static func later(than instant: Int64, from cursor: inout ByteCursor) throws(BlockError) -> Int64
    {
        let offset = cursor.position
        // What wraps around, or has not moved, is not later.
        let next = Int64(bitPattern: UInt64(bitPattern: instant) &+ (try cursor.varint()))
        guard next > instant else { throw .malformed(offset: offset) }
        return next
    }
}

extension Frame {
    /// What a summary says besides its edges.
    static let summaryDetail = Frame(magic: Array("SVSD".utf8), versions: 1...1)
}

extension [Window] {
    /// The same time in spans that are in order, apart from each other and not empty.
    var union: [Window] {
        var union: [Window] = []
        for span in filter({ $0.start < $0.end }).sorted(by: { $0.start < $1.start }) {
            if let last = union.last, span.start <= last.end {
                union[union.count - 1] = Window(start: last.start, end: Swift.max(last.end, span.end))
            } else {
                union.append(span)
            }
        }
        return union
    }
}
