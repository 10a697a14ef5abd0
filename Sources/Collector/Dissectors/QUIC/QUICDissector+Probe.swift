// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension QUICDissector {
    /// On any port a client's Initial packet that can be decrypted; on the port of HTTP/3 any packet
    /// with a long header of a plausible version.
    static func probe(_ evidence: borrowing DatagramEvidence) -> Recognition {
        let bytes = evidence.bytes
        guard bytes.octet(at: 0) & 0x80 != 0, let header = QUICHeader(bytes, at: 0) else { return .no }
        if header.kind == .initial, evidence.isWhole, bytes.byteCount >= QUICLimits.firstDatagram,
            isFirst(header, bytes)
        {
            return .fromClient
        }
        guard evidence.isExpected else { return .no }
        switch header.kind {
        case .initial, .handshake, .zeroRTT:
            return header.end <= bytes.byteCount || !evidence.isWhole ? .fromEither : .no
        case .retry: return .fromServer
        case .versionNegotiation:
            let list = bytes.byteCount - header.source.upperBound
            return list > 0 && (list % 4 == 0 || !evidence.isWhole) ? .fromServer : .no
        case .foreign: return isPlausible(bytes.octetPair(at: 1), bytes.octetPair(at: 3)) ? .fromEither : .no
        case .short: return .no
        }
    }

    /// Whether the keys of a packet follow from itself.
    private static func isFirst(_ header: QUICHeader, _ bytes: RawSpan) -> Bool {
        guard let version = header.version, header.destination.count >= QUICLimits.firstConnectionID else {
            return false
        }
        let destination = bytes.clamped(header.destination).octets
        let keys = QUICInitialKeys(connectionID: destination, version: version, isClient: true)
        return keys.open(bytes, header) != nil
    }

    /// A version that is reserved to exercise negotiation (RFC 9000 section 15), or a draft.
    private static func isPlausible(_ high: UInt16, _ low: UInt16) -> Bool {
        (high & 0x0F0F == 0x0A0A && low & 0x0F0F == 0x0A0A) || (high == 0xFF00 && low < 0x0100)
    }
}
