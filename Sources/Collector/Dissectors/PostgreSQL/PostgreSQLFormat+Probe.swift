// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension PostgreSQLFormat {
    /// The first packet of a client; or, from the middle, messages that reach from the beginning of a
    /// segment to its end and have something certain among them.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        if evidence.bytes.octet(at: 0) == 0 { return startup(evidence.bytes) }
        if chain(evidence.bytes, from: .client) { return .fromClient }
        return chain(evidence.bytes, from: .server) ? .fromServer : .no
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        switch side {
        case .client: Self.startup(bytes) == .fromClient || Self.chain(bytes, from: .client)
        case .server: Self.chain(bytes, from: .server, isKnown: true)
        }
    }

    /// `0003 0000` and pairs of words, or one of the other codes with their own length.
    private static func startup(_ bytes: RawSpan) -> Recognition {
        for offset in 0..<min(2, bytes.byteCount) where bytes.octet(at: offset) != 0 { return .no }
        guard bytes.byteCount >= 8 else { return bytes.byteCount < 5 || isCode(bytes) ? .undecided : .no }
        guard case .message(let packet) = PostgreSQLMessage.read(bytes, from: .client) else { return .no }
        switch packet.startup {
        case .encryptTLS, .encryptGSS: return packet.length == 8 ? .fromClient : .no
        case .cancel: return (16...268).contains(packet.length) ? .fromClient : .no
        case nil: break
        }
        // The name of a parameter.
        guard packet.length > 9, packet.code & 0xFFFF <= 0xFF else { return .no }
        var offset = 8
        while offset < bytes.byteCount, bytes.octet(at: offset) != 0 {
            let byte = bytes.octet(at: offset)
            guard SQLTokenizer.isWord(byte), byte < 0x80, offset < 8 + SQLLimits.name else { return .no }
            offset += 1
        }
        guard offset < bytes.byteCount else { return .undecided }
        return offset > 8 ? .fromClient : .no
    }

    /// Whether the code may become one, as far as it goes.
    private static func isCode(_ bytes: RawSpan) -> Bool {
        let (first, second) = (bytes.octet(at: 4), bytes.octet(at: 5))
        if first == 0 { return bytes.byteCount < 6 || second == 3 }
        return first == 0x04 && (bytes.byteCount < 6 || second == 0xD2)
    }

    /// Whether bytes are messages from beginning to end, one of them certain.
    ///
    /// Where the protocol is known, one that is there as a whole is certain enough.
    private static func chain(_ bytes: RawSpan, from side: StreamSide, isKnown: Bool = false) -> Bool {
        var offset = 0
        var isCertain = false
        while offset < bytes.byteCount {
            let rest = bytes.clamped(offset, bytes.byteCount)
            guard rest.byteCount >= 5, rest.octet(at: 0) != 0,
                case .message(let message) = PostgreSQLMessage.read(rest, from: side)
            else { return false }
            guard isPlausible(message, rest) else { return false }
            if side == .client ? isQuery(message, rest) : isReady(message, rest) { isCertain = true }
            // The last may go on in the next segment.
            guard message.length <= rest.byteCount else { return isCertain }
            if isKnown { isCertain = true }
            offset += message.length
        }
        return isCertain
    }

    /// Whether a message of a fixed length has it.
    private static func isPlausible(_ message: PostgreSQLMessage, _ bytes: RawSpan) -> Bool {
        switch message.type {
        // 1 2 3 n I c H
        case 0x31, 0x32, 0x33, 0x6E, 0x49, 0x63: message.length == 5
        case 0x5A: message.length == 6
        default: true
        }
    }

    /// A query, or a Parse, of words of SQL; a Bind and an Execute of what was prepared before.
    private static func isQuery(_ message: PostgreSQLMessage, _ bytes: RawSpan) -> Bool {
        switch message.type {
        case 0x51: return isStatement(bytes, at: 5, message)
        case 0x50:
            let name = PostgreSQLMessage.string(bytes, at: 5)
            return isPrintable(name) && isStatement(bytes, at: 6 + name.byteCount, message)
        // An Execute with the name of a portal and a number of rows, then Sync at the end.
        case 0x45:
            let portal = PostgreSQLMessage.string(bytes, at: 5)
            guard message.length == portal.byteCount + 10, isPrintable(portal) else { return false }
            let rest = bytes.clamped(message.length, bytes.byteCount)
            return rest.byteCount == 5 && rest.octet(at: 0) == 0x53
                && rest.bigEndian(UInt32.self, at: 1) == 4
        default: return false
        }
    }

    private static func isStatement(_ bytes: RawSpan, at start: Int, _ message: PostgreSQLMessage) -> Bool {
        var tokenizer = SQLTokenizer(.postgresql)
        guard tokenizer.next(PostgreSQLMessage.string(bytes, at: start)).keyword != nil else { return false }
        return message.length > bytes.byteCount || bytes.octet(at: message.length - 1) == 0
    }

    /// ReadyForQuery, the last message of every answer.
    private static func isReady(_ message: PostgreSQLMessage, _ bytes: RawSpan) -> Bool {
        guard message.type == 0x5A, message.length == 6 else { return false }
        let state = bytes.octet(at: 5)
        return state == 0x49 || state == 0x54 || state == 0x45
    }

    private static func isPrintable(_ bytes: RawSpan) -> Bool {
        for offset in 0..<bytes.byteCount where !(0x20...0x7E).contains(bytes.octet(at: offset)) {
            return false
        }
        return true
    }
}
