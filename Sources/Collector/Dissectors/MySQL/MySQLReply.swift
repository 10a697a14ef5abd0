// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Where the answer to one command has got to.
///
/// ```text
/// OK | ERR | LOCAL INFILE
/// columns N   definition × N   EOF?   row × M   EOF or OK      ──► and again, if it says so
/// ```
/// The first EOF is absent where both sides agreed to do without (`CLIENT_DEPRECATE_EOF`); an EOF
/// has five bytes and an OK at least seven, so that need not be known.
struct MySQLReply: BitwiseCopyable {
    /// What a packet means for the request.
    enum Step: Equatable {
        /// Not an answer yet: the server wants something more, or tells how far it is.
        case interim
        case answer
        case end
        case failure(code: Int)
    }

    private enum State: BitwiseCopyable {
        case first
        /// Another result follows the one that ended.
        case further
        case columns(Int)
        case afterColumns
        case rows
        /// Definitions of parameters, then of columns, of a prepared statement.
        case definitions(left: Int, next: Int)
        /// It is unknown where in an answer this is.
        case lost
    }

    private static let moreResults = 0x0008
    private static let cursorExists = 0x0040

    private var state = State.first
    /// The number of the statement that was prepared.
    private(set) var preparedNumber: UInt32?
    /// Whether definitions end with an EOF: `nil` where the login was not seen.
    var hasEOF: Bool?

    /// Waits for the answer to the next command.
    mutating func reset() { state = .first }
    mutating func lose() { state = .lost }

    /// Takes a packet of the answer to a command.
    mutating func take(_ packet: MySQLPacket, _ payload: RawSpan, _ command: MySQLCommand) -> Step {
        preparedNumber = nil
        let first = payload.octet(at: 0)
        if packet.length == 0 { return .answer }
        switch command {
        case .login, .changeUser:
            if first == 0xFF { return failure(payload) }
            return first == 0 ? .end : .interim
        case .statistics: return .end
        default: break
        }
        switch state {
        case .lost: return .interim
        case .first:
            // Each answer counts from one.
            guard packet.number == 1 else { return .interim }
            return begin(packet, payload, command)
        case .further: return begin(packet, payload, command)
        case .columns(let left):
            if first == 0xFF { return failure(payload) }
            state = left > 1 ? .columns(left - 1) : .afterColumns
            return .answer
        case .afterColumns:
            if Self.isEOF(packet, first), packet.length < 7 {
                let hasCursor = payload.littleEndianPair(at: 3) & Self.cursorExists != 0
                if hasCursor, command == .execute { return .end }
                state = .rows
                return .answer
            }
            return row(packet, payload)
        case .rows: return row(packet, payload)
        case .definitions(let left, let next): return definition(packet, first, left, next)
        }
    }

    private mutating func begin(
        _ packet: MySQLPacket,
        _ payload: RawSpan,
        _ command: MySQLCommand
    ) -> Step {
        let first = payload.octet(at: 0)
        if first == 0xFF { return failure(payload) }
        switch command {
        case .prepare:
            guard first == 0, packet.length >= 9 else { return .end }
            preparedNumber = payload.littleEndianWord(at: 1)
            let columns = payload.littleEndianPair(at: 5)
            let parameters = payload.littleEndianPair(at: 7)
            guard columns + parameters > 0 else { return .end }
            state =
                parameters > 0
                ? .definitions(left: parameters, next: columns) : .definitions(left: columns, next: 0)
            return .answer
        case .fetch, .fieldList, .binlogDump, .binlogDumpGTID:
            state = .rows
            return row(packet, payload)
        default: break
        }
        switch first {
        case 0x00: return end(status: okStatus(payload))
        case 0xFB:
            // The client sends a file now, and the server answers when it has it.
            state = .further
            return .interim
        case 0xFE: return .end
        default:
            let count = payload.lengthEncoded(at: 0).value
            // MariaDB leaves out definitions that the client has, and says so with a zero.
            let isCached = packet.length == 2 && first < 0xFB && payload.octet(at: 1) == 0
            state = isCached ? .afterColumns : .columns(count)
            return .answer
        }
    }

    private mutating func row(_ packet: MySQLPacket, _ payload: RawSpan) -> Step {
        state = .rows
        let first = payload.octet(at: 0)
        if first == 0xFF { return failure(payload) }
        guard Self.isEOF(packet, first) else { return .answer }
        return end(status: packet.length < 7 ? payload.littleEndianPair(at: 3) : okStatus(payload))
    }

    private mutating func definition(
        _ packet: MySQLPacket,
        _ first: UInt8,
        _ left: Int,
        _ next: Int
    ) -> Step {
        if Self.isEOF(packet, first), packet.length < 7 {
            if left == 0, next == 0 { return .end }
            return .answer
        }
        if left > 1 {
            state = .definitions(left: left - 1, next: next)
        } else if next > 0 {
            state = .definitions(left: next, next: 0)
        } else if hasEOF == true {
            state = .definitions(left: 0, next: 0)
        } else {
            return .end
        }
        return .answer
    }

    private mutating func end(status: Int) -> Step {
        guard status & Self.moreResults != 0 else { return .end }
        state = .further
        return .answer
    }

    private func failure(_ payload: RawSpan) -> Step {
        let code = payload.littleEndianPair(at: 1)
        // MariaDB reports how far it is with an error that is none.
        return code == 0xFFFF ? .interim : .failure(code: code)
    }

    /// The status flags of an OK, behind the rows it changed and the identifier it made.
    private func okStatus(_ payload: RawSpan) -> Int {
        let rows = payload.lengthEncoded(at: 1)
        let identifier = payload.lengthEncoded(at: rows.end)
        return payload.littleEndianPair(at: identifier.end)
    }

    /// EOF, or an OK in its place: no row begins so, but one of 16 MiB.
    private static func isEOF(_ packet: MySQLPacket, _ first: UInt8) -> Bool {
        first == 0xFE && !packet.isFull
    }
}
