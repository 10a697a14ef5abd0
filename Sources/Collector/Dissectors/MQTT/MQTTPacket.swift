// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The fixed header of a control packet (section 2.1).
struct MQTTPacket: BitwiseCopyable {
    enum Kind: UInt8 {
        case connect = 1
        case connack, publish, puback, pubrec, pubrel, pubcomp, subscribe, suback, unsubscribe, unsuback
        case pingreq, pingresp, disconnect, auth
    }

    let kind: Kind
    let flags: UInt8
    /// Bytes of the fixed header.
    let headerLength: Int
    /// Bytes of the packet, the fixed header included.
    let length: Int

    var quality: UInt8 { flags >> 1 & 3 }
    var isRepeated: Bool { flags & 8 != 0 }

    enum Reading {
        case packet(MQTTPacket)
        case needsMore
        case invalid
    }

    static func read(_ bytes: RawSpan, from side: StreamSide) -> Reading {
        guard !bytes.isEmpty else { return .needsMore }
        let first = bytes.octet(at: 0)
        guard let kind = Kind(rawValue: first >> 4), isSent(kind, by: side), isSound(kind, first & 15) else {
            return .invalid
        }
        var remaining = 0
        for index in 0..<4 {
            guard index + 1 < bytes.byteCount else { return .needsMore }
            let byte = bytes.octet(at: index + 1)
            remaining |= Int(byte & 0x7F) << (7 * index)
            guard byte >= 0x80 else {
                let header = index + 2
                guard isSound(kind, length: remaining) else { return .invalid }
                return .packet(
                    MQTTPacket(
                        kind: kind,
                        flags: first & 15,
                        headerLength: header,
                        length: header + remaining
                    )
                )
            }
        }
        return .invalid
    }

    private static func isSent(_ kind: Kind, by side: StreamSide) -> Bool {
        switch kind {
        case .connect, .subscribe, .unsubscribe, .pingreq: side == .client
        case .connack, .suback, .unsuback, .pingresp: side == .server
        case .publish, .puback, .pubrec, .pubrel, .pubcomp, .disconnect, .auth: true
        }
    }

    private static func isSound(_ kind: Kind, _ flags: UInt8) -> Bool {
        switch kind {
        case .publish: flags & 6 != 6
        case .pubrel, .subscribe, .unsubscribe: flags == 2
        default: flags == 0
        }
    }

    private static func isSound(_ kind: Kind, length: Int) -> Bool {
        switch kind {
        case .connect: length >= 10
        case .connack, .puback, .pubrec, .pubrel, .pubcomp, .unsuback: length >= 2
        case .publish: length >= 2
        case .subscribe, .unsubscribe: length >= 5
        case .suback: length >= 3
        case .pingreq, .pingresp: length == 0
        case .disconnect, .auth: true
        }
    }
}
