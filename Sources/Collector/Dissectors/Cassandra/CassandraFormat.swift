// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias CassandraDissector = FramedDissector<CassandraFormat>

/// Cassandra's native protocol, versions 3 to 5 (native_protocol_v5.spec).
///
/// From version 5 on frames lie in segments once a connection is set up; a segment's header and
/// trailer are then messages of their own, so that frames stay what they are.
struct CassandraFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.cassandra
    static let ports: [UInt16] = [9_042]
    static let headLimit = CassandraLimits.head
    static let isOrdered = false

    private let client: FlowDirection
    private let shared: SharedDissectionState
    private var requests = CassandraSegments()
    private var responses = CassandraSegments()
    /// Set-up that ends with frames in segments.
    private var startsSegments = false
    /// Operations by the hash of a prepared statement's id.
    private var prepared: [UInt64: String] = [:]
    /// Operations of statements that are being prepared, by stream.
    private var pendingPrepared: [UInt64: String] = [:]
    /// Segments are compressed: nothing more can be read.
    private(set) var isFinished = false
    private var isCompressed = false

    init(_ setup: DissectorSetup) {
        client = setup.client
        shared = setup.context.shared
    }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        let segments = side == .client ? requests : responses
        if let measure = segments.measure(bytes) { return measure }
        guard bytes.byteCount >= CassandraHeader.length else {
            return CassandraHeader.isPlausible(bytes) ? .needsMore(CassandraHeader.length) : .invalid
        }
        guard let header = CassandraHeader(bytes), header.isResponse == (side == .server) else {
            return .invalid
        }
        let length = CassandraHeader.length + header.bodyLength
        return .message(length: segments.fits(length), head: CassandraLimits.head)
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        guard !requests.isOn, let header = CassandraHeader(bytes) else { return false }
        return header.isResponse == (side == .server)
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        switch side {
        case .client: if requests.take(head, message.length) { return true }
        case .server: if responses.take(head, message.length) { return true }
        }
        guard let header = CassandraHeader(head) else { return false }
        switch side {
        case .client: request(header, head, message, &ledger, into: &output)
        case .server: response(header, head, message, &ledger, into: &output)
        }
        return true
    }

    mutating func lostSync(_ side: StreamSide) {
        // Where segments begin cannot be known again.
        if requests.isOn { isFinished = true }
    }

    // MARK: - Requests

    private mutating func request(
        _ header: CassandraHeader,
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let key = UInt64(UInt16(bitPattern: header.stream))
        let body = header.isCompressed ? RawSpan() : head.clamped(CassandraHeader.length, head.byteCount)
        var traits: CallTraits = []
        let operation: String
        switch header.opcode {
        case CassandraHeader.Opcode.query:
            operation =
                header.isCompressed ? "QUERY" : statement(body)
        case CassandraHeader.Opcode.execute: operation = prepared[Self.statementID(body)] ?? "EXECUTE"
        case CassandraHeader.Opcode.prepare: operation = "PREPARE"
        case 0x0D: operation = "BATCH"
        case CassandraHeader.Opcode.startup:
            (operation, traits) = ("STARTUP", .session)
            startsSegments = header.version >= 5
            isCompressed = Self.asksForCompression(body)
        case 0x05: (operation, traits) = ("OPTIONS", .session)
        case 0x0B: (operation, traits) = ("REGISTER", .session)
        default: (operation, traits) = ("AUTH_RESPONSE", .session)
        }
        ledger.begin(operation, key: key, at: message.start, traits, into: &output)
        if header.opcode == CassandraHeader.Opcode.prepare, !header.isCompressed,
            pendingPrepared.count < CassandraLimits.prepared
        {
            pendingPrepared[key] = statement(body)
        }
    }

    /// The operation of the statement that a body begins with, behind its length.
    private func statement(_ body: RawSpan) -> String {
        CQLStatement.operation(body.clamped(4, body.byteCount), &shared.cqlOperations)
    }

    /// A short id of a prepared statement: its length in two bytes in front, and a hash of it.
    private static func statementID(_ body: RawSpan) -> UInt64 {
        let length = Int(body.octetPair(at: 0))
        var hash = PacketHash()
        hash.combine(bytes: body.clamped(2, 2 + length))
        return hash.value
    }

    private static func asksForCompression(_ body: RawSpan) -> Bool {
        var offset = 0
        while offset < body.byteCount {
            if body.clamped(offset, offset + 11).equals("COMPRESSION") { return true }
            offset += 1
        }
        return false
    }

    // MARK: - Responses

    private mutating func response(
        _ header: CassandraHeader,
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        if header.opcode == CassandraHeader.Opcode.event {
            output.messages.append(.init(applicationProtocol: .cassandra, direction: client.opposite))
            return
        }
        let isReady = [CassandraHeader.Opcode.ready, CassandraHeader.Opcode.authenticate].contains(
            header.opcode
        )
        if startsSegments, isReady {
            startsSegments = false
            // Both sides change right after this frame; a client waits for it.
            requests.start()
            responses.start()
            if isCompressed { isFinished = true }
        }
        let key = UInt64(UInt16(bitPattern: header.stream))
        guard let position = ledger.position(of: key) else {
            output.losses.append(.unmatchedResponses)
            return
        }
        guard ledger.answer(position, at: message.start, into: &output) else { return }
        let isPlain = !header.isCompressed && !header.hasWarningsOrTracing
        switch header.opcode {
        case CassandraHeader.Opcode.error:
            let code = isPlain ? head.octetQuad(at: CassandraHeader.length) : .max
            let (outcome, status) = CassandraError.verdict(code)
            ledger.concludeAtEnd(position, outcome, status: status)
        case CassandraHeader.Opcode.result:
            if isPlain { remember(key, head.clamped(CassandraHeader.length, head.byteCount)) }
            ledger.concludeAtEnd(position)
        default:
            ledger.concludeAtEnd(position)
        }
        pendingPrepared[key] = nil
    }

    /// A result of kind 4 has the id of a statement that was prepared.
    private mutating func remember(_ key: UInt64, _ body: RawSpan) {
        guard let operation = pendingPrepared[key], body.octetQuad(at: 0) == 4,
            prepared.count < CassandraLimits.prepared
        else { return }
        prepared[Self.statementID(body.clamped(4, body.byteCount))] = operation
    }

    // MARK: - Recognition

    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        guard CassandraHeader.isPlausible(bytes) else { return .no }
        guard bytes.byteCount >= CassandraHeader.length + 4 else { return mayBeOptions(bytes) ?? .undecided }
        guard let header = CassandraHeader(bytes), !header.isCompressed else { return .no }
        let body = bytes.clamped(CassandraHeader.length, bytes.byteCount)
        switch header.opcode {
        // A string map that names the version of CQL.
        case CassandraHeader.Opcode.startup:
            return (1...8).contains(body.octetPair(at: 0)) && header.bodyLength < 1_024 ? .fromClient : .no
        case CassandraHeader.Opcode.query, CassandraHeader.Opcode.prepare:
            let length = Int(body.octetQuad(at: 0))
            guard length > 0, length + 4 <= header.bodyLength else { return .no }
            return CQLStatement.isKnown(body.clamped(4, 4 + length)) ? .fromClient : .no
        case CassandraHeader.Opcode.execute:
            return evidence.isExpected && body.octetPair(at: 0) == 16 ? .fromClient : .no
        case CassandraHeader.Opcode.result:
            return evidence.isExpected && (1...5).contains(body.octetQuad(at: 0)) ? .fromServer : .no
        default: return .no
        }
    }

    /// A driver begins with OPTIONS, a header without a body.
    private static func mayBeOptions(_ bytes: RawSpan) -> Recognition? {
        guard bytes.byteCount == CassandraHeader.length, let header = CassandraHeader(bytes) else {
            return nil
        }
        return header.opcode == 0x05 && header.bodyLength == 0 ? .fromClient : nil
    }
}
