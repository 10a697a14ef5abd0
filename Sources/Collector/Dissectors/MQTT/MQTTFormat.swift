// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

typealias MQTTDissector = FramedDissector<MQTTFormat>

/// MQTT 3.1, 3.1.1 and 5: requests and acknowledgments, paired by packet identifier.
struct MQTTFormat: FramedProtocol {
    static let applicationProtocol = ApplicationProtocol.mqtt
    static let ports: [UInt16] = [1_883]
    static let headLimit = MQTTLimits.head
    static let isOrdered = false

    private enum Key {
        static let connect: UInt64 = 1 << 32
        static let ping: UInt64 = 2 << 32
        static let none: UInt64 = 3 << 32
        static func packet(_ identifier: UInt16) -> UInt64 { UInt64(identifier) }
    }

    /// Of the protocol; 0 where CONNECT was not seen.
    private var version: UInt8 = 0
    private var operations = NamedOperations()
    private var aliases: [UInt16: [UInt8]] = [:]
    private let server: FlowDirection

    init(_ setup: DissectorSetup) { server = setup.client.opposite }

    func measure(_ bytes: RawSpan, from side: StreamSide) -> MessageMeasure {
        switch MQTTPacket.read(bytes, from: side) {
        case .needsMore: .needsMore(bytes.byteCount + 1)
        case .invalid: .invalid
        case .packet(let packet): .message(length: packet.length, head: MQTTLimits.head)
        }
    }

    mutating func message(
        _ head: RawSpan,
        _ message: FramedMessage,
        from side: StreamSide,
        ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) -> Bool {
        guard case .packet(let packet) = MQTTPacket.read(head, from: side) else { return true }
        let body = head.clamped(packet.headerLength, packet.length)
        switch side {
        case .client: request(packet, body, message, &ledger, into: &output)
        case .server: response(packet, body, message, &ledger, into: &output)
        }
        return true
    }

    mutating func lostSync(_ side: StreamSide) {
        if side == .client { aliases = [:] }
    }

    // MARK: - Requests

    private mutating func request(
        _ packet: MQTTPacket,
        _ body: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        func begin(_ operation: String, _ key: UInt64, _ traits: CallTraits = []) {
            ledger.begin(operation, key: key, at: message.start, traits, into: &output)
        }
        switch packet.kind {
        case .connect:
            // A name of four letters or six comes before the version.
            version = body.octet(at: body.octet(at: 1) == 4 ? 6 : 8) & 0x7F
            begin("CONNECT", Key.connect)
        case .publish:
            let topic = MQTTText.range(body, at: 0)
            let identifier = body.octetPair(at: topic.upperBound)
            let hasIdentifier = packet.quality > 0
            // Sent again because no acknowledgment came.
            if hasIdentifier, packet.isRepeated, ledger.position(of: Key.packet(identifier)) != nil { return }
            begin(
                publish(body, topic, properties: topic.upperBound + (hasIdentifier ? 2 : 0)),
                hasIdentifier ? Key.packet(identifier) : Key.none
            )
            if !hasIdentifier { ledger.concludeAtRequestEnd(ledger.count - 1) }
        case .subscribe:
            begin(subscription("SUBSCRIBE", 1, body, trailing: 1), Key.packet(body.octetPair(at: 0)))
        case .unsubscribe:
            begin(subscription("UNSUBSCRIBE", 2, body, trailing: 0), Key.packet(body.octetPair(at: 0)))
        case .pingreq: begin("PINGREQ", Key.ping, .session)
        case .disconnect:
            begin("DISCONNECT", Key.none, .session)
            ledger.concludeAtRequestEnd(ledger.count - 1)
        case .connack, .puback, .pubrec, .pubrel, .pubcomp, .suback, .unsuback, .pingresp, .auth: break
        }
    }

    private mutating func publish(_ body: RawSpan, _ topic: Range<Int>, properties: Int) -> String {
        let name = body.clamped(topic)
        let alias = version == 5 ? MQTTText.topicAlias(body, at: properties) : nil
        if name.isEmpty {
            guard let alias, let known = aliases[alias] else { return "PUBLISH {topic}" }
            return operations.operation("PUBLISH", kind: 0, known.octetSpan, separator: 0x2F)
        }
        guard name.byteCount == topic.count else { return "PUBLISH {topic}" }
        if let alias, aliases[alias] != nil || aliases.count < MQTTLimits.aliases {
            aliases[alias] = name.octets
        }
        return operations.operation("PUBLISH", kind: 0, name, separator: 0x2F)
    }

    private mutating func subscription(
        _ verb: StaticString,
        _ kind: UInt16,
        _ body: RawSpan,
        trailing: Int
    ) -> String {
        guard let start = MQTTText.firstFilter(body, version: version, trailing: trailing) else {
            return "\(verb) {topic}"
        }
        let filter = MQTTText.range(body, at: start)
        guard filter.upperBound <= body.byteCount else { return "\(verb) {topic}" }
        guard filter.upperBound + trailing >= body.byteCount else { return "\(verb) {topics}" }
        return operations.operation(verb, kind: kind, body.clamped(filter), separator: 0x2F)
    }

    // MARK: - Responses

    private mutating func response(
        _ packet: MQTTPacket,
        _ body: RawSpan,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        let key = Key.packet(body.octetPair(at: 0))
        switch packet.kind {
        case .connack:
            let code = body.octet(at: 1)
            conclude(
                Key.connect,
                version < 5 ? MQTTReason(connack3: code) : MQTTReason(code),
                message,
                &ledger,
                into: &output
            )
        case .publish: output.messages.append(.init(applicationProtocol: .mqtt, direction: server))
        case .puback, .pubcomp:
            conclude(key, MQTTReason(body.octet(at: 2)), message, &ledger, into: &output)
        case .pubrec:
            if let reason = MQTTReason(body.octet(at: 2)) {
                conclude(key, reason, message, &ledger, into: &output)
            } else if let position = ledger.position(of: key) {
                // The first half of the answer; PUBCOMP is the other.
                _ = ledger.answer(position, at: message.start, into: &output)
            }
        case .suback, .unsuback:
            var reason: MQTTReason?
            var offset = 2
            if version == 5 { offset = MQTTText.afterProperties(body, at: 2) }
            while reason == nil, offset < body.byteCount {
                reason = MQTTReason(body.octet(at: offset))
                offset += 1
            }
            conclude(key, reason, message, &ledger, into: &output)
        case .pingresp: conclude(Key.ping, nil, message, &ledger, into: &output)
        case .disconnect:
            // The server ends the connection, and nothing was asked.
            guard let reason = MQTTReason(body.octet(at: 0)) else { return }
            ledger.begin("DISCONNECT", key: Key.none, at: message.start, into: &output)
            ledger[ledger.count - 1].outcome = reason.outcome
            ledger[ledger.count - 1].status = reason.name
            ledger.concludeUnanswered(ledger.count - 1, at: message.now, into: &output)
        case .connect, .pubrel, .subscribe, .unsubscribe, .pingreq, .auth: break
        }
    }

    private func conclude(
        _ key: UInt64,
        _ reason: MQTTReason?,
        _ message: FramedMessage,
        _ ledger: inout CallLedger,
        into output: inout DissectionOutput
    ) {
        guard let position = ledger.position(of: key) else {
            output.losses.append(.unmatchedResponses)
            return
        }
        guard ledger.answer(position, at: message.start, into: &output) else { return }
        ledger.concludeAtEnd(position, reason?.outcome ?? .ok, status: reason?.name)
    }
}
