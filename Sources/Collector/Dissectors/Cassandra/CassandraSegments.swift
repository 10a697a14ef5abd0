// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Where one direction is in the segments of version 5 (native_protocol_v5.spec, section 2).
///
/// ```text
/// payload length (17 bits), self-contained (1), padding (6), CRC-24 | payload | CRC-32
/// ```
struct CassandraSegments: BitwiseCopyable {
    private enum Place: Equatable, BitwiseCopyable {
        /// Frames follow each other without segments.
        case off
        case header
        case payload(remaining: Int)
        /// The payload goes on with a frame that began in an earlier segment.
        case continuation(remaining: Int)
        case trailer
    }

    private static let headerLength = 6
    private static let trailerLength = 4
    private var place = Place.off
    /// Bytes of a frame that is larger than a segment and are still to come.
    private var unfinished = 0

    var isOn: Bool { place != .off }

    mutating func start() { if place == .off { place = .header } }

    /// The length of what is no frame; `nil` where a frame begins.
    func measure(_ bytes: RawSpan) -> MessageMeasure? {
        switch place {
        case .off, .payload: nil
        case .header: .message(length: Self.headerLength, head: Self.headerLength)
        case .continuation(let remaining): .message(length: remaining, head: 0)
        case .trailer: .message(length: Self.trailerLength, head: 0)
        }
    }

    /// How much of a frame is in the segment at hand.
    func fits(_ length: Int) -> Int {
        if case .payload(let remaining) = place { min(length, remaining) } else { length }
    }

    /// Takes what is no frame, and counts what is.
    ///
    /// - Returns: Whether it was no frame.
    mutating func take(_ head: RawSpan, _ length: Int) -> Bool {
        switch place {
        case .off: return false
        case .header:
            let payload =
                Int(head.octet(at: 0)) | Int(head.octet(at: 1)) << 8 | Int(head.octet(at: 2) & 1) << 16
            if payload == 0 {
                place = .trailer
            } else if unfinished > 0 {
                unfinished = max(0, unfinished - payload)
                place = .continuation(remaining: payload)
            } else {
                place = .payload(remaining: payload)
            }
            return true
        case .continuation:
            place = .trailer
            return true
        case .trailer:
            place = .header
            return true
        case .payload(let remaining):
            if let frame = CassandraHeader(head) {
                unfinished = max(0, CassandraHeader.length + frame.bodyLength - length)
            }
            place = remaining > length ? .payload(remaining: remaining - length) : .trailer
            return false
        }
    }
}
