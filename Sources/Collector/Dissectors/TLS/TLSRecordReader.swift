// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Cuts one direction of a TLS connection into records; their bodies are never kept.
struct TLSRecordReader {
    enum Step: Equatable {
        /// The chunk is used up.
        case needsMore
        /// A part of the body, at these offsets of the chunk.
        case body(Range<Int>)
        case end
        /// The bytes are no record.
        case invalid
    }

    private enum Phase {
        case header
        case body
        /// It is unknown where the next record begins.
        case searching
    }

    private var phase: Phase
    private var header: UInt64 = 0
    private var headerCount = 0
    /// Bytes of the body that have not come.
    private var remaining = 0
    /// Of the current record, once its header is complete.
    private(set) var type: UInt8 = 0
    private(set) var length = 0
    /// When its first byte was seen.
    private(set) var start = Timestamp(nanoseconds: 0)

    init(isAligned: Bool) {
        phase = isAligned ? .header : .searching
    }

    /// Takes bytes until something happened or they are used up.
    ///
    /// - Parameters:
    ///   - bytes: A chunk of the direction, which begins with a segment.
    ///   - offset: Where to go on; moved behind what was used.
    ///   - time: When the chunk was seen in order.
    /// - Returns: What happened.
    mutating func next(_ bytes: RawSpan, from offset: inout Int, at time: Timestamp) -> Step {
        while true {
            switch phase {
            case .searching:
                guard offset == 0, TLSRecord.begins(bytes) else {
                    offset = bytes.byteCount
                    return .needsMore
                }
                phase = .header
            case .header:
                if headerCount == 0 { start = time }
                while headerCount < TLSLimits.header {
                    guard offset < bytes.byteCount else { return .needsMore }
                    header = header << 8 | UInt64(bytes.octet(at: offset))
                    headerCount += 1
                    offset += 1
                }
                type = UInt8(truncatingIfNeeded: header >> 32)
                length = Int(header & 0xFFFF)
                let version = UInt16(truncatingIfNeeded: header >> 16)
                (header, headerCount, remaining) = (0, 0, length)
                guard TLSRecord.isSound(type: type, version: version, length: length) else {
                    phase = .searching
                    return .invalid
                }
                phase = .body
            case .body:
                if remaining == 0 {
                    phase = .header
                    return .end
                }
                guard offset < bytes.byteCount else { return .needsMore }
                let end = min(offset + remaining, bytes.byteCount)
                let range = offset..<end
                remaining -= range.count
                offset = end
                return .body(range)
            }
        }
    }

    /// Passes over bytes that were not captured.
    ///
    /// - Returns: How many of them were in the body of the current record; `nil` if it is unknown
    ///   where the next record begins.
    mutating func skip(_ count: Int) -> Int? {
        guard case .body = phase, count <= remaining else {
            phase = .searching
            (header, headerCount) = (0, 0)
            return nil
        }
        remaining -= count
        return count
    }
}

/// What tells a record of TLS from other bytes.
enum TLSRecord {
    static let changeCipherSpec: UInt8 = 20
    static let alert: UInt8 = 21
    static let handshake: UInt8 = 22
    static let applicationData: UInt8 = 23

    /// Whether a header can be one.
    static func isSound(type: UInt8, version: UInt16, length: Int) -> Bool {
        guard version >> 8 == 3, version & 0xFF <= 4, length <= TLSLimits.record else { return false }
        return switch type {
        case changeCipherSpec: length == 1
        case alert: length >= 2
        case handshake, 24: length >= 1
        case applicationData: true
        default: false
        }
    }

    /// Whether the header of a record is at the beginning.
    static func begins(_ bytes: RawSpan) -> Bool {
        bytes.byteCount >= TLSLimits.header
            && isSound(
                type: bytes.octet(at: 0),
                version: bytes.octetPair(at: 1),
                length: Int(bytes.octetPair(at: 3))
            )
    }
}
