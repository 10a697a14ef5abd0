// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension TLSDissector {
    /// A ClientHello or ServerHello; in the middle of a connection two records, or one that ends
    /// where the bytes do.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        let hello = hello(bytes)
        guard hello == .no, !evidence.isFromStart else { return hello }
        return records(bytes) ? .fromEither : .no
    }

    private static func hello(_ bytes: RawSpan) -> Recognition {
        // Type and version of the record, its length, type and length of the message, version.
        guard matches(bytes, 0, { $0 == TLSRecord.handshake }), matches(bytes, 1, { $0 == 3 }),
            matches(bytes, 2, { $0 <= 4 }),
            matches(bytes, 5, { $0 == TLSMessageReader.clientHello || $0 == TLSMessageReader.serverHello }),
            matches(bytes, 6, { $0 == 0 }), matches(bytes, 9, { $0 == 3 }), matches(bytes, 10, { $0 <= 4 })
        else { return .no }
        guard bytes.byteCount >= 11 else { return .undecided }
        let record = Int(bytes.octetPair(at: 3))
        let message = Int(bytes.octetPair(at: 7))
        // Version, random, and the lengths of what follows.
        guard record > 4, record <= TLSLimits.record, message >= 38, message <= TLSLimits.believedHello else {
            return .no
        }
        return bytes.octet(at: 5) == TLSMessageReader.clientHello ? .fromClient : .fromServer
    }

    private static func matches(_ bytes: RawSpan, _ offset: Int, _ condition: (UInt8) -> Bool) -> Bool {
        offset >= bytes.byteCount || condition(bytes.octet(at: offset))
    }

    private static func records(_ bytes: RawSpan) -> Bool {
        var offset = 0
        for _ in 0..<2 {
            let rest = bytes.clamped(offset, bytes.byteCount)
            guard TLSRecord.begins(rest), rest.octetPair(at: 3) > 0 else { return false }
            offset += TLSLimits.header + Int(rest.octetPair(at: 3))
            if offset == bytes.byteCount { return true }
        }
        return true
    }
}
