// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias MongoDBDissector = FramedDissector<MongoDBFormat>

/// MongoDB: OP_MSG and the operations before it; what is compressed is paired and not read.
struct MongoDBFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.mongodb
    static let ports: [UInt16] = [27_017, 27_018, 27_019]
    static let headLimit = MongoDBLimits.head
    /// Each answer names the request it answers.
    static let isOrdered = false

    enum Flag {
        /// A checksum ends the message.
        static let checksum: UInt32 = 1
        /// No answer is wanted; or, in an answer, further ones follow.
        static let moreToCome: UInt32 = 2
    }

    /// What is known of a request beside its operation.
    enum Note {
        /// What answers it are documents of a collection, of which none is a result.
        static let documents: UInt32 = 1
    }

    let sender: FlowDirection
    var operations = MongoDBOperations()

    init(_ setup: DissectorSetup) { sender = setup.client.opposite }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        guard bytes.byteCount >= MongoDBHeader.byteCount else { return .needsMore(MongoDBHeader.byteCount) }
        guard let header = MongoDBHeader(bytes) else { return .invalid }
        return .message(length: header.length, head: MongoDBLimits.head)
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard let header = MongoDBHeader(head) else { return false }
        switch side {
        case .client: request(header, head, message, &ledger, into: &output)
        case .server: response(header, head, message, &ledger, into: &output)
        }
        return true
    }

    // MARK: - Requests

    private mutating func request(
        _ header: MongoDBHeader,
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        var isAnswered = true
        var note: UInt32 = 0
        let operation: String
        var traits: CallTraits = []
        switch header.kind {
        case .reply: return
        case .message:
            isAnswered = head.littleEndianWord(at: 16) & Flag.moreToCome == 0
            let command = Self.body(of: head).flatMap { MongoDBCommand(head, at: $0) }
            (operation, traits) = operations.operation(of: command, head)
        case .compressed:
            operation = "{compressed}"
        case .query:
            let namespace = PostgreSQLMessage.string(head, at: 20)
            if namespace.hasSuffix(".$cmd") {
                let document = 20 + namespace.byteCount + 1 + 8 + 4
                (operation, traits) = operations.operation(of: MongoDBCommand(head, at: document), head)
            } else {
                operation = operations.operation("find", Self.collection(namespace))
                // Bits 1 and 5: the cursor is tailed, and waits.
                if head.littleEndianWord(at: 16) & 0x22 == 0x22 {
                    operations.tail(Self.collection(namespace))
                }
                note = Note.documents
            }
        case .getMore:
            let collection = Self.collection(PostgreSQLMessage.string(head, at: 20))
            operation = operations.operation("getMore", collection)
            if operations.isTailed(collection) { traits = .streaming }
            note = Note.documents
        case .insert, .update, .delete:
            isAnswered = false
            let collection = Self.collection(PostgreSQLMessage.string(head, at: 20))
            let name: StaticString =
                header.kind == .insert ? "insert" : header.kind == .update ? "update" : "delete"
            operation = operations.operation(name, collection)
        case .killCursors:
            isAnswered = false
            operation = "killCursors"
        }
        ledger.begin(operation, key: UInt64(header.number), at: message.start, traits, into: &output)
        ledger.markNewest(note: note)
        if !isAnswered { ledger.concludeUnanswered(ledger.count - 1, at: message.now, into: &output) }
    }

    /// Where the elements of the document of a message begin: in its section of kind 0.
    static func body(of head: RawSpan) -> Int? {
        var offset = 20
        for _ in 0..<MongoDBLimits.elements {
            guard offset + 5 <= head.byteCount else { return nil }
            switch head.octet(at: offset) {
            case 0: return offset + 5
            case 1: offset += 1 + Int(head.littleEndianWord(at: offset + 1))
            default: return nil
            }
        }
        return nil
    }

    /// The part of a namespace behind the name of the database.
    @_lifetime(copy namespace)
    static func collection(_ namespace: RawSpan) -> RawSpan {
        var dot = 0
        while dot < namespace.byteCount, namespace.octet(at: dot) != 0x2E { dot += 1 }
        return namespace.clamped(dot + 1, namespace.byteCount)
    }

    // MARK: - Responses

    private mutating func response(
        _ header: MongoDBHeader,
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        guard let position = ledger.position(of: UInt64(header.answered)) else {
            output.losses.append(.unmatchedResponses)
            return
        }
        guard ledger.answer(position, at: message.start, into: &output) else { return }
        var result: MongoDBResult?
        switch header.kind {
        case .message:
            if head.littleEndianWord(at: 16) & Flag.moreToCome != 0 {
                // The next answer refers to this one.
                ledger[position].key = UInt64(header.number)
                ledger[position].traits.insert(.streaming)
                output.messages.append(.init(applicationProtocol: .mongodb, direction: sender))
                return
            }
            result = Self.body(of: head).map { MongoDBResult(head, at: $0) }
        case .reply: result = Self.legacyResult(head, isResult: ledger[position].note & Note.documents == 0)
        default: break
        }
        guard let result, result.hasFailed else { return ledger.concludeAtEnd(position) }
        ledger.concludeAtEnd(position, .serverError, status: result.code.map { String($0) })
    }

    /// Flags (4), cursor (8), first (4), count (4), documents.
    private static func legacyResult(_ head: RawSpan, isResult: Bool) -> MongoDBResult? {
        // Bit 1: the query has failed, and the document says why.
        let hasFailed = head.littleEndianWord(at: 16) & 2 != 0
        return isResult || hasFailed ? MongoDBResult(head, at: 40) : nil
    }
}
