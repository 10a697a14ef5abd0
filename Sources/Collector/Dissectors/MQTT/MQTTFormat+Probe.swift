// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension MQTTFormat {
    /// A CONNECT with the name of the protocol in it; from the middle a subscription, or a ping
    /// and its answer on MQTT's own port.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        switch bytes.octet(at: 0) {
        case 0x10: return connect(bytes)
        case 0x82, 0xA2: return subscription(bytes)
        case 0xC0: return ping(bytes, evidence.peer, answer: 0xD0, evidence.isExpected, .fromClient)
        case 0xD0: return ping(bytes, evidence.peer, answer: 0xC0, evidence.isExpected, .fromServer)
        default: return .no
        }
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        guard case .packet(let packet) = MQTTPacket.read(bytes, from: side) else { return false }
        guard packet.kind == .publish else { return packet.length <= bytes.byteCount }
        let body = bytes.clamped(packet.headerLength, bytes.byteCount)
        let topic = MQTTText.range(body, at: 0)
        return !topic.isEmpty && topic.upperBound <= min(body.byteCount, packet.length)
            && MQTTText.isText(body.clamped(topic))
    }

    private static func connect(_ bytes: RawSpan) -> Recognition {
        switch MQTTPacket.read(bytes, from: .client) {
        case .needsMore: return .undecided
        case .invalid: return .no
        case .packet(let packet):
            guard packet.length <= MQTTLimits.connect else { return .no }
            let body = bytes.clamped(packet.headerLength, bytes.byteCount)
            let isOld = body.octet(at: 1) == 6
            let name = isOld ? old : new
            let known = min(body.byteCount, name.count)
            guard body.clamped(0, known).hasSameBytes(as: name.octetSpan.clamped(0, known)) else {
                // The second byte tells which name it is.
                return .no
            }
            guard body.byteCount > name.count else { return .undecided }
            let version = body.octet(at: name.count) & 0x7F
            return isOld && version == 3 || !isOld && (version == 4 || version == 5) ? .fromClient : .no
        }
    }

    private static func subscription(_ bytes: RawSpan) -> Recognition {
        guard case .packet(let packet) = MQTTPacket.read(bytes, from: .client),
            packet.length <= bytes.byteCount
        else { return .no }
        let body = bytes.clamped(packet.headerLength, packet.length)
        let trailing = packet.kind == .subscribe ? 1 : 0
        guard body.octetPair(at: 0) != 0,
            MQTTText.firstFilter(body, version: 0, trailing: trailing) != nil
        else { return .no }
        return .fromClient
    }

    private static func ping(
        _ bytes: RawSpan,
        _ peer: RawSpan,
        answer: UInt8,
        _ isExpected: Bool,
        _ verdict: Recognition
    ) -> Recognition {
        guard isExpected, bytes.byteCount <= 2, bytes.octet(at: 1) == 0 else { return .no }
        guard bytes.byteCount == 2, peer.byteCount == 2 else { return .undecided }
        return peer.octet(at: 0) == answer && peer.octet(at: 1) == 0 ? verdict : .no
    }

    private static let new: [UInt8] = [0, 4] + Array("MQTT".utf8)
    private static let old: [UInt8] = [0, 6] + Array("MQIsdp".utf8)
}
