// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// On port 53 a sound header and question suffice; elsewhere the whole message must be sound.
extension DNSFollower {
    /// NetBIOS names, multicast DNS and LLMNR share the message format but are no transactions on
    /// one flow: questions go to a group, and anyone may answer.
    private static let foreignPorts: Set<UInt16> = [137, 5_353, 5_355]
    private static let prefixLength = 2

    static func probe(_ evidence: borrowing DatagramEvidence) -> Recognition {
        guard !foreignPorts.contains(evidence.ports.0), !foreignPorts.contains(evidence.ports.1),
            let message = DNSMessage(evidence.bytes, isWhole: evidence.isWhole),
            evidence.isExpected || message.isStrictlyValid
        else { return .no }
        return message.isResponse ? .fromServer : .fromClient
    }

    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        guard bytes.byteCount >= prefixLength else {
            return Int(bytes.octet(at: 0)) << 8 <= DNSLimits.unconfirmedMessage ? .undecided : .no
        }
        let length = Int(bytes.octetPair(at: 0))
        guard length > DNSMessage.headerLength, length <= DNSLimits.unconfirmedMessage else { return .no }
        guard bytes.byteCount >= prefixLength + DNSMessage.headerLength else { return .undecided }
        guard DNSMessage.isPlausibleHeader(bytes, at: prefixLength) else { return .no }
        guard bytes.byteCount >= prefixLength + length else { return .undecided }
        let body = bytes.clamped(prefixLength, prefixLength + length)
        guard let message = DNSMessage(body, isWhole: true), evidence.isExpected || message.isStrictlyValid
        else { return .no }
        return message.isResponse ? .fromServer : .fromClient
    }
}
