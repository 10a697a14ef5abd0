// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias KafkaDissector = FramedDissector<KafkaFormat>

/// Kafka: requests and responses with a size in front, paired by correlation id.
struct KafkaFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.kafka
    static let ports: [UInt16] = [9_092, 9_093, 9_094, 29_092]
    static let headLimit = KafkaLimits.responseHead
    static let isOrdered = false

    /// The correlation id of the newest request.
    private var newest: UInt32?
    /// What authenticates may be sent without headers (SaslHandshake version 0).
    private var hasRawTokens = false
    /// Responses in a row that answered nothing.
    private var strangers = 0
    private var subjects: KafkaSubjects
    private let shared: SharedDissectionState

    init(_ setup: DissectorSetup) {
        shared = setup.context.shared
        subjects = KafkaSubjects(shared)
    }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        let needed = side == .client && !hasRawTokens ? 8 : 4
        guard bytes.byteCount >= needed else { return .needsMore(needed) }
        let size = Int(bytes.bigEndian(Int32.self, at: 0))
        guard (0...KafkaLimits.message).contains(size) else { return .invalid }
        switch side {
        case .client:
            guard hasRawTokens || size >= 8 && Self.isPlausible(bytes) else { return .invalid }
            return .message(length: 4 + size, head: KafkaLimits.requestHead)
        case .server:
            guard hasRawTokens || size >= 4 else { return .invalid }
            return .message(length: 4 + size, head: KafkaLimits.responseHead)
        }
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        guard bytes.byteCount >= 8 else { return false }
        switch side {
        case .client: return Self.request(bytes, isStrict: true) == .fromClient
        case .server:
            guard let newest, (4...KafkaLimits.message).contains(Int(bytes.bigEndian(Int32.self, at: 0)))
            else { return false }
            return newest &- bytes.bigEndian(UInt32.self, at: 4) <= KafkaLimits.correlationLag
        }
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        switch side {
        case .client: request(head, message, &ledger, into: &output)
        case .server: response(head, message, &ledger, into: &output)
        }
        return strangers < KafkaLimits.strangers
    }

    private static func isPlausible(_ bytes: RawSpan) -> Bool {
        KafkaAPI.isPlausible(key: Int(bytes.octetPair(at: 4)), version: Int(bytes.octetPair(at: 6)))
    }

    // MARK: - Requests

    private mutating func request(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        if hasRawTokens {
            guard Self.request(head, isStrict: false) == .fromClient else { return }
            hasRawTokens = false
        }
        // A request of which too little was captured is left out.
        guard let request = KafkaRequestHead(head), let api = KafkaAPI.known(request.key) else { return }
        newest = request.correlation
        if request.key == KafkaAPI.saslHandshake, request.version == 0 { hasRawTokens = true }
        var operation = api.name
        var isAnswered = true
        if let body = request.body, request.key == KafkaAPI.produce || request.key == KafkaAPI.fetch {
            var finder = KafkaTopicFinder()
            let layout = request.key == KafkaAPI.produce ? KafkaAPI.produceRequest : KafkaAPI.fetchRequest
            layout.walk(
                head,
                from: body,
                version: request.version,
                isFlexible: request.isFlexible,
                &finder
            )
            operation = subjects.operation(request.key, finder, head)
            isAnswered = request.key == KafkaAPI.fetch || finder.acknowledgments != 0
        }
        ledger.begin(
            operation,
            key: UInt64(request.correlation),
            at: message.start,
            api.traits,
            into: &output
        )
        ledger.markNewest(note: UInt32(request.key) << 16 | UInt32(request.version))
        if !isAnswered { ledger.concludeAtRequestEnd(ledger.count - 1) }
    }

    // MARK: - Responses

    private mutating func response(
        _ head: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        guard head.byteCount >= 8 else { return }
        let key = UInt64(head.bigEndian(UInt32.self, at: 4))
        guard var position = ledger.position(of: key) else {
            if hasRawTokens { return }
            strangers += 1
            output.losses.append(.unmatchedResponses)
            return
        }
        // Brokers answer in order, so what was asked before and lost its response will have none.
        while position > 0, ledger[0].isResponseLost {
            ledger.drop(0, into: &output)
            position -= 1
        }
        guard ledger.answer(position, at: message.start, into: &output) else { return }
        strangers = 0
        let note = ledger[position].note
        let error = self.error(head, key: Int(note >> 16), version: Int(note & 0xFFFF))
        ledger.concludeAtEnd(position, error.outcome, status: error.value == 0 ? nil : error.name)
    }

    private func error(_ head: RawSpan, key: Int, version: Int) -> KafkaErrorCode {
        var finder = KafkaErrorFinder(shared)
        // Versions newer than the definitions may have other fields.
        guard let api = KafkaAPI.known(key), version <= api.newestVersion else { return finder.error }
        let isFlexible = api.isFlexible(version)
        var cursor = KafkaCursor(at: 8)
        // A client that asks for versions does not know yet which header its broker can write.
        if isFlexible, key != KafkaAPI.apiVersions { cursor.skipTags(in: head) }
        guard !cursor.isShort else { return finder.error }
        api.response.walk(head, from: cursor.offset, version: version, isFlexible: isFlexible, &finder)
        return finder.error
    }
}
