// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The first line of a value of RESP2 or RESP3 (redis.io, "Redis serialization protocol
/// specification").
///
/// ```text
/// *3\r\n   $3\r\nSET\r\n   +OK\r\n   -ERR no\r\n   :7\r\n   %2\r\n   >3\r\n   _\r\n
/// ```
struct RedisToken: BitwiseCopyable {
    enum Kind: Equatable, BitwiseCopyable {
        /// A value of one line.
        case simple
        case error
        /// A string of known length, and one that is an error.
        case string
        case bulkError
        /// As many values as `count`.
        case aggregate
        /// Values that nobody asked for.
        case push
        /// Values about the value that follows.
        case attribute
        /// A command as a person types it.
        case inline
    }

    let kind: Kind
    /// Bytes of a string, or values of an aggregate; 0 for null.
    let count: Int
    /// Bytes of the line, its end included.
    let lineLength: Int
    /// A string that is null has nothing after its line.
    let isNull: Bool

    /// Bytes of the line and of the string behind it.
    var length: Int {
        switch kind {
        case .string, .bulkError: isNull ? lineLength : lineLength + count + 2
        default: lineLength
        }
    }

    enum Reading {
        case token(RedisToken)
        case needsMore
        case invalid
    }

    /// Reads the line at the beginning of the bytes.
    @inline(__always)
    static func read(_ bytes: RawSpan, from side: StreamSide) -> Reading {
        if let token = readCount(bytes) { return .token(token) }
        return readLine(bytes, from: side)
    }

    /// Reads what nearly all lines of a command are, `*3` and `$3`, in one pass.
    @inline(__always)
    static func readCount(_ bytes: RawSpan) -> RedisToken? {
        let kind: Kind
        switch bytes.octet(at: 0) {
        case 0x24: kind = .string
        case 0x2A: kind = .aggregate
        default: return nil
        }
        var (count, offset) = (0, 1)
        // No limit has fewer digits.
        while offset <= 9 {
            let digit = bytes.octet(at: offset) &- 0x30
            guard digit < 10 else { break }
            count = count &* 10 &+ Int(digit)
            offset &+= 1
        }
        guard offset > 1, bytes.octet(at: offset) == 0x0D, bytes.octet(at: offset &+ 1) == 0x0A else {
            return nil
        }
        return RedisToken(kind: kind, count: count, lineLength: offset &+ 2, isNull: false)
    }

    private static func readLine(_ bytes: RawSpan, from side: StreamSide) -> Reading {
        let lineFeed = bytes.lineFeed(from: 0)
        guard lineFeed < bytes.byteCount else {
            return bytes.byteCount < RedisLimits.line && isPlausible(bytes, side) ? .needsMore : .invalid
        }
        guard lineFeed > 0 else { return .invalid }
        let hasReturn = bytes.octet(at: lineFeed - 1) == 0x0D
        let line = bytes.clamped(1, hasReturn ? lineFeed - 1 : lineFeed)
        let length = lineFeed + 1
        func token(_ kind: Kind, _ count: Int = 0, isNull: Bool = false) -> Reading {
            .token(RedisToken(kind: kind, count: count, lineLength: length, isNull: isNull))
        }
        func counted(_ kind: Kind, _ limit: Int, times: Int = 1) -> Reading {
            guard hasReturn, let number = number(line) else { return .invalid }
            guard number <= limit else { return .invalid }
            return token(kind, max(0, number) * times, isNull: number < 0)
        }
        switch bytes.octet(at: 0) {
        case 0x2A: return counted(.aggregate, RedisLimits.elements)
        case 0x24: return counted(.string, RedisLimits.string)
        case 0x2B, 0x3A, 0x2C, 0x5F, 0x23, 0x28:
            return side == .server && hasReturn ? token(.simple) : .invalid
        case 0x2D: return side == .server && hasReturn ? token(.error) : .invalid
        case 0x7E: return side == .server ? counted(.aggregate, RedisLimits.elements) : .invalid
        case 0x25: return side == .server ? counted(.aggregate, RedisLimits.elements, times: 2) : .invalid
        case 0x3E: return side == .server ? counted(.push, RedisLimits.elements) : .invalid
        case 0x7C: return side == .server ? counted(.attribute, RedisLimits.elements, times: 2) : .invalid
        case 0x3D: return side == .server ? counted(.string, RedisLimits.string) : .invalid
        case 0x21: return side == .server ? counted(.bulkError, RedisLimits.string) : .invalid
        default: return side == .client && isText(bytes.clamped(0, length)) ? token(.inline) : .invalid
        }
    }

    /// Whether bytes without a line end may be the beginning of a line.
    private static func isPlausible(_ bytes: RawSpan, _ side: StreamSide) -> Bool {
        switch bytes.octet(at: 0) {
        case 0x2A, 0x24, 0x7E, 0x25, 0x3E, 0x7C, 0x3D, 0x21:
            for offset in 1..<max(1, bytes.byteCount) {
                let byte = bytes.octet(at: offset)
                guard byte &- 0x30 < 10 || byte == 0x2D || byte == 0x0D else { return false }
            }
            return bytes.byteCount <= 14
        case 0x2B, 0x2D, 0x3A, 0x2C, 0x5F, 0x23, 0x28: return side == .server
        default: return side == .client && isText(bytes)
        }
    }

    private static func number(_ line: RawSpan) -> Int? {
        if line.byteCount == 2, line.octet(at: 0) == 0x2D, line.octet(at: 1) == 0x31 { return -1 }
        return line.decimal(digits: 11)
    }

    private static func isText(_ bytes: RawSpan) -> Bool {
        for offset in 0..<bytes.byteCount {
            let byte = bytes.octet(at: offset)
            guard byte >= 0x20 || byte == 0x0D || byte == 0x0A || byte == 0x09 else { return false }
        }
        return true
    }
}
