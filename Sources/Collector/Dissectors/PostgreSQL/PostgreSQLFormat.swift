// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias PostgreSQLDissector = FramedDissector<PostgreSQLFormat>

/// PostgreSQL, protocol 3.0: simple and extended queries, pipelined, COPY, notifications.
///
/// Each query and each Execute is a request, with the Parse and Bind before it; a Parse of its own
/// is one too. The last request before a Sync ends with ReadyForQuery, one before it with its own
/// completion:
///
/// ```text
/// Parse Bind Describe Execute   Bind Execute   Sync        ──► two requests
/// 1     2    T        D D C     2    D C       Z
///                           ↑end                ↑end
/// ```
struct PostgreSQLFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.postgresql
    static let ports: [UInt16] = [5_432, 5_433, 6_432]
    static let headLimit = PostgreSQLLimits.head

    /// What a request is waiting for.
    enum Note {
        /// It is the last before a Sync, or a query: ends with ReadyForQuery.
        static let last: UInt32 = 1
        /// It has its Execute.
        static let executes: UInt32 = 2
        /// Not a query but a step of setting up: ends with the next answer.
        static let step: UInt32 = 4
        /// The client asked whether the connection may be encrypted.
        static let encryption: UInt32 = 8
        /// The client wants the answers so far, and may take its time with what follows.
        static let flushed: UInt32 = 16
        /// One answer before the Execute that is still to come; all bits from here on count.
        static let answer: UInt32 = 256
    }

    let shared: SharedDissectionState
    let sender: FlowDirection
    /// Statements by the hash of their name.
    var statements = PreparedStatements()
    var portals = PreparedStatements()
    /// The client is between a Parse or Bind and its Execute or Sync.
    var isBuilding = false
    /// The server has refused a request, and passes over all until the next Sync.
    var isSkipping = false
    /// A single byte comes: whether encryption follows.
    var awaitsEncryption = false
    var isFinished = false
    var successor: Successor { .probe }

    init(_ setup: DissectorSetup) {
        shared = setup.context.shared
        sender = setup.client.opposite
    }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        if side == .server, awaitsEncryption, bytes.octet(at: 0) != 0x45 {
            return .message(length: 1, head: 1)
        }
        switch PostgreSQLMessage.read(bytes, from: side) {
        case .invalid: return .invalid
        case .needsMore(let count): return .needsMore(count)
        case .message(let message):
            return .message(length: message.length, head: Self.wanted(message, from: side))
        }
    }

    /// Bytes of a message that tell something.
    private static func wanted(_ message: PostgreSQLMessage, from side: StreamSide) -> Int {
        switch (message.type, side) {
        case (0x51, .client), (0x50, .client): PostgreSQLLimits.head
        case (0x42, .client): 5 + 2 * SQLLimits.preparedName
        case (0x45, .client), (0x43, .client): 6 + SQLLimits.preparedName
        case (0x45, .server): PostgreSQLLimits.error
        case (0x52, .server): 9
        case (0, _): 8
        default: 5
        }
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        if side == .server, awaitsEncryption {
            awaitsEncryption = false
            if head.octet(at: 0) != 0x45 { return encryption(head, message, &ledger, into: &output) }
        }
        switch side {
        case .client: request(head, message, &ledger, into: &output)
        case .server: response(head, message, &ledger, into: &output)
        }
        return true
    }

    mutating func lostSync(_ side: StreamSide) {
        switch side {
        case .client: isBuilding = false
        case .server: isSkipping = false
        }
        awaitsEncryption = false
    }

    /// Takes the answer to a client that asked for encryption: `S` or `G` grant it, `N` does not.
    private mutating func encryption(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        switch head.octet(at: 0) {
        case 0x53, 0x47: isFinished = true
        case 0x4E: break
        default: return false
        }
        if ledger.answer(at: message.start, into: &output) { ledger.concludeAtEnd() }
        return true
    }
}
