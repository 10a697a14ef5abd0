// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension MySQLFormat {
    /// The greeting of a server, a login, or from the middle a command with a statement.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let greeting = greeting(evidence.bytes)
        if greeting != .no { return greeting }
        return command(evidence.bytes, isExpected: evidence.isExpected) ? .fromClient : .no
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        switch side {
        case .client: Self.command(bytes, isExpected: true)
        case .server: Self.isAnswer(bytes)
        }
    }

    /// Protocol 10, a version as text, zeros where they must be.
    private static func greeting(_ bytes: RawSpan) -> Recognition {
        guard bytes.byteCount >= 5 else {
            let isPossible =
                bytes.octet(at: 0) >= 30 && bytes.octet(at: 1) <= 1 && bytes.octet(at: 2) == 0
                && bytes.octet(at: 3) == 0
            return isPossible ? .undecided : .no
        }
        guard let packet = MySQLPacket(bytes), (30...400).contains(packet.length), packet.number == 0,
            bytes.octet(at: 4) == 0x0A
        else { return .no }
        var end = 5
        while end < bytes.byteCount, bytes.octet(at: end) != 0 {
            guard (0x20...0x7E).contains(bytes.octet(at: end)), end < 5 + MySQLLimits.version else {
                return .no
            }
            end += 1
        }
        guard end == 5 || bytes.octet(at: 5) &- 0x30 < 10 else { return .no }
        guard end + 13 < bytes.byteCount else { return .undecided }
        return end > 5 && bytes.octet(at: end + 13) == 0 ? .fromServer : .no
    }

    /// Whether a segment is a packet that a client begins a request with.
    private static func command(_ bytes: RawSpan, isExpected: Bool) -> Bool {
        guard bytes.byteCount >= 5, let packet = MySQLPacket(bytes), packet.length > 0 else { return false }
        let payload = bytes.clamped(4, bytes.byteCount)
        let isWhole = packet.length == payload.byteCount
        let isBegun = packet.length > payload.byteCount
        guard packet.number == 0 else {
            return packet.number == 1 && (isWhole || isBegun) && isLogin(packet, payload)
        }
        switch MySQLCommand(rawValue: payload.octet(at: 0)) {
        case .query, .prepare:
            guard isWhole || isBegun && payload.byteCount > 64 else { return false }
            var tokenizer = SQLTokenizer(.mysql)
            return tokenizer.next(statement(payload)).keyword != nil
        case .execute:
            // Flags, and the count of iterations, which is one.
            return (isWhole || isBegun) && packet.length >= 10 && payload.octet(at: 5) <= 15
                && payload.littleEndianWord(at: 6) == 1
        case .ping: return isExpected && isWhole && packet.length == 1
        default: return false
        }
    }

    /// Whether a segment has packets that are numbered one after the other, or the first of an answer.
    private static func isAnswer(_ bytes: RawSpan) -> Bool {
        guard let first = MySQLPacket(bytes), first.length > 0 else { return false }
        var offset = 0
        var number = first.number
        while let packet = MySQLPacket(bytes.clamped(offset, bytes.byteCount)) {
            guard packet.number == number else { return false }
            number &+= 1
            offset += 4 + packet.length
        }
        return offset == bytes.byteCount || first.number == 1 || number &- first.number > 1
    }
}
