// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Pairs DNS queries with responses on one flow, over UDP or TCP.
///
/// The rule for outcomes is the lookup's: see `DNSLookupTracker`. A failed answer is held
/// back for up to a second of packet time, and then emitted with the instant at which it
/// really ended.
struct DNSDissector {
    private struct Query {
        let message: DNSMessage
        let direction: FlowDirection
        let start: Timestamp
        let end: Timestamp
        var retries: UInt64 = 0
        let lookup: DNSLookup?
        let step: Int
    }

    private struct HeldAnswer {
        let transaction: Transaction
        let verdict: DNSVerdict
        let deadline: Timestamp
    }

    let patience: Int64
    private(set) var client: FlowDirection?
    private var pending: [Query] = []
    private var held: [HeldAnswer] = []
    /// The query of a zone transfer, whose answer is a sequence of messages.
    private var transferID: UInt16?

    init(patience: Int64) {
        self.patience = patience
    }

    var inFlight: Int { pending.count }

    /// When `advance` will have something to do next.
    var deadline: Timestamp? {
        var earliest: Timestamp?
        for query in pending { earliest = min(earliest ?? query.end + patience, query.end + patience) }
        for answer in held {
            let deadline = answer.verdict.isStep ? answer.transaction.endedAt : answer.deadline
            earliest = min(earliest ?? deadline, deadline)
        }
        return earliest
    }

    /// Takes one message.
    ///
    /// - Parameters:
    ///   - message: The message, header and question sound.
    ///   - direction: The side that sent it.
    ///   - start: When its first byte was seen.
    ///   - end: When its last byte was seen.
    ///   - clientAddress: The address of the side that asks.
    ///   - shared: Where lookups are followed.
    ///   - output: Receives transactions and names.
    mutating func accept(
        _ message: DNSMessage,
        _ direction: FlowDirection,
        start: Timestamp,
        end: Timestamp,
        clientAddress: IPAddress,
        shared: SharedDissectionState,
        into output: inout DissectionOutput
    ) {
        if client == nil { client = message.isResponse ? direction.opposite : direction }
        if message.isResponse {
            respond(message, direction, start: start, end: end, shared, into: &output)
        } else {
            ask(message, direction, start, end, clientAddress, shared, into: &output)
        }
        settle(at: end, isFinal: false, into: &output)
    }

    private mutating func ask(
        _ message: DNSMessage,
        _ direction: FlowDirection,
        _ start: Timestamp,
        _ end: Timestamp,
        _ clientAddress: IPAddress,
        _ shared: SharedDissectionState,
        into output: inout DissectionOutput
    ) {
        expire(at: start, into: &output)
        if let index = pending.firstIndex(where: {
            $0.direction == direction && Self.isSame($0.message, message)
        }) {
            pending[index].retries += 1
            return
        }
        // Roles never flip within a flow, so a question of the server belongs to another edge.
        guard direction == client, pending.count < DNSLimits.pendingQueries else {
            output.losses.append(.unmatchedRequests)
            return
        }
        output.started.append(.init(applicationProtocol: .dns, at: start))
        let isFollowed =
            message.opcode == DNSMessage.Opcode.query && message.type != DNSRecordType.ptr
            && message.questionCount == 1
        let lookup =
            isFollowed
            ? shared.lookups.query(message.name, type: message.type, client: clientAddress, at: start) : nil
        pending.append(
            Query(
                message: message,
                direction: direction,
                start: start,
                end: end,
                lookup: lookup,
                step: lookup?.step ?? 0
            )
        )
    }

    private mutating func respond(
        _ message: DNSMessage,
        _ direction: FlowDirection,
        start: Timestamp,
        end: Timestamp,
        _ shared: SharedDissectionState,
        into output: inout DissectionOutput
    ) {
        expire(at: start, into: &output)
        guard
            let index = pending.firstIndex(where: {
                $0.direction != direction && Self.answers($0.message, message)
            })
        else {
            if message.id != transferID { output.losses.append(.unmatchedResponses) }
            return
        }
        let query = pending.remove(at: index)
        let code = message.responseCode
        let isTransfer = [DNSRecordType.transfer, DNSRecordType.incrementalTransfer].contains(
            query.message.type
        )
        transferID = isTransfer ? message.id : nil
        var transaction = Transaction(
            applicationProtocol: .dns,
            operation: Self.operation(query.message),
            outcome: DNSResponseCode.outcome(code),
            status: DNSResponseCode.name(code),
            requestStart: query.start,
            requestEnd: query.end,
            responseStart: start,
            responseEnd: end,
            endedAt: end
        )
        transaction.retries = query.retries
        if !message.addresses.isEmpty {
            let name = Self.text(of: query.message.name, shared)
            for address in message.addresses {
                output.names.append(.init(address: address, name: name, source: .dns))
            }
        }
        judge(transaction, code: code, hasData: message.answerCount > 0, query, at: end, into: &output)
    }

    private static func text(of name: DNSName, _ shared: SharedDissectionState) -> String {
        let key = name.octets.octetSpan
        let slot = shared.dnsNames.find(key) ?? shared.dnsNames.insert(name.text, for: key)
        return shared.dnsNames[slot]
    }

    private mutating func judge(
        _ transaction: Transaction,
        code: UInt16,
        hasData: Bool,
        _ query: Query,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard let lookup = query.lookup else { return output.finished.append(transaction) }
        let type = query.message.type
        guard code != 0 else {
            lookup.succeeded(hasData: hasData, type: type, step: query.step, at: time)
            return output.finished.append(transaction)
        }
        guard let verdict = lookup.failed(code, type: type, step: query.step, at: time) else {
            return output.finished.append(transaction)
        }
        let deadline = time + DNSLimits.searchStepNanoseconds
        held.append(HeldAnswer(transaction: transaction, verdict: verdict, deadline: deadline))
    }

    /// Ends the patience with queries that have waited too long, and emits held answers whose
    /// meaning is known.
    mutating func advance(to time: Timestamp, into output: inout DissectionOutput) {
        expire(at: time, into: &output)
        settle(at: time, isFinal: false, into: &output)
    }

    /// Emits what is held back, without deciding about queries that wait.
    mutating func settle(at time: Timestamp, isFinal: Bool, into output: inout DissectionOutput) {
        guard !held.isEmpty else { return }
        held.removeAll { answer in
            guard answer.verdict.isStep || isFinal || answer.deadline <= time else { return false }
            var transaction = answer.transaction
            if answer.verdict.isStep { transaction.outcome = .ok }
            output.finished.append(transaction)
            return true
        }
    }

    /// No answers can come any more: queries that wait have this outcome.
    mutating func drop(_ outcome: Outcome, at time: Timestamp, into output: inout DissectionOutput) {
        expire(at: time, into: &output)
        for query in pending { output.finished.append(Self.unanswered(query, outcome, at: time)) }
        pending.removeAll()
    }

    /// Answers can no longer be read: queries that wait have no outcome.
    mutating func forget(into output: inout DissectionOutput) {
        for _ in pending { output.losses.append(.unmatchedRequests) }
        pending.removeAll()
    }

    private mutating func expire(at time: Timestamp, into output: inout DissectionOutput) {
        guard let first = pending.first, first.end + patience <= time else { return }
        pending.removeAll { query in
            let deadline = query.end + patience
            guard deadline <= time else { return false }
            output.finished.append(Self.unanswered(query, .timedOut, at: deadline))
            return true
        }
    }

    private static func unanswered(_ query: Query, _ outcome: Outcome, at time: Timestamp) -> Transaction {
        var transaction = Transaction(
            applicationProtocol: .dns,
            operation: operation(query.message),
            outcome: outcome,
            status: nil,
            requestStart: query.start,
            requestEnd: query.end,
            responseStart: nil,
            responseEnd: nil,
            endedAt: time
        )
        transaction.retries = query.retries
        return transaction
    }

    private static func operation(_ query: DNSMessage) -> String {
        switch query.opcode {
        case DNSMessage.Opcode.update: "UPDATE"
        case DNSMessage.Opcode.notify: "NOTIFY"
        default: DNSRecordType.name(query.type)
        }
    }

    private static func isSame(_ left: DNSMessage, _ right: DNSMessage) -> Bool {
        left.id == right.id && left.type == right.type && left.name == right.name
            && left.recordClass == right.recordClass && left.opcode == right.opcode
    }

    /// Whether a response belongs to a query; one without a question by its id alone.
    private static func answers(_ query: DNSMessage, _ response: DNSMessage) -> Bool {
        guard query.id == response.id, query.opcode == response.opcode else { return false }
        return response.questionCount == 0 || query.type == response.type && query.name == response.name
    }
}
