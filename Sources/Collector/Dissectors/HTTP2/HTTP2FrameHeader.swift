// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The header of a frame.
///
/// ```text
///  0           3      4       5                     9
///  +-----------+------+-------+---------------------+-----------
///  |  length   | type | flags | R  stream identifier| payload …
///  +-----------+------+-------+---------------------+-----------
/// ```
///
/// - SeeAlso: RFC 9113 section 4.1.
struct HTTP2FrameHeader: BitwiseCopyable {
    enum Kind: UInt8, BitwiseCopyable {
        case data
        case headers
        case priority
        case resetStream
        case settings
        case pushPromise
        case ping
        case goAway
        case windowUpdate
        case continuation
        /// An extension, to be ignored.
        case other
    }

    static let count = 9
    /// The longest payload without an agreement on another.
    private static let usualLength = 16_384
    /// The longest one that peers are known to agree on.
    private static let agreedLength = 4_194_304

    let length: Int
    let kind: Kind
    let flags: UInt8
    let stream: UInt32
    private let isReserved: Bool

    /// The header at an offset, where nine bytes are.
    init(_ bytes: RawSpan, at offset: Int = 0) {
        length = Int(bytes.octet(at: offset)) << 16 | Int(bytes.octetPair(at: offset &+ 1))
        kind = Kind(rawValue: bytes.octet(at: offset &+ 3)) ?? .other
        flags = bytes.octet(at: offset &+ 4)
        let word = UInt32(bytes.octetPair(at: offset &+ 5)) << 16 | UInt32(bytes.octetPair(at: offset &+ 7))
        stream = word & 0x7FFF_FFFF
        isReserved = word != stream
    }

    private init() {
        length = 0
        kind = .other
        flags = 0
        stream = 0
        isReserved = false
    }

    static let none = HTTP2FrameHeader()

    var endsStream: Bool { (kind == .data || kind == .headers) && flags & 0x01 != 0 }
    var endsHeaders: Bool { flags & 0x04 != 0 }
    var isPadded: Bool { (kind == .data || kind == .headers || kind == .pushPromise) && flags & 0x08 != 0 }
    var hasPriority: Bool { kind == .headers && flags & 0x20 != 0 }
    var isAcknowledgment: Bool { (kind == .settings || kind == .ping) && flags & 0x01 != 0 }

    /// Whether a frame may be like this (RFC 9113 section 6).
    var isValid: Bool {
        switch kind {
        case .data, .headers, .pushPromise, .continuation: stream != 0
        case .priority: stream != 0 && length == 5
        case .resetStream: stream != 0 && length == 4
        case .settings: stream == 0 && (isAcknowledgment ? length == 0 : length % 6 == 0)
        case .ping: stream == 0 && length == 8
        case .goAway: stream == 0 && length >= 8
        case .windowUpdate: length == 4
        case .other: true
        }
    }

    /// Whether it is as usual as can be, for bytes that may be anything.
    var isUsual: Bool {
        let allowed: UInt8 =
            switch kind {
            case .data: 0x09
            case .headers: 0x2D
            case .settings, .ping: 0x01
            case .pushPromise: 0x0C
            case .continuation: 0x04
            default: 0
            }
        let longest = kind == .data ? Self.agreedLength : Self.usualLength
        return kind != .other && isValid && !isReserved && flags & ~allowed == 0 && length <= longest
    }
}
