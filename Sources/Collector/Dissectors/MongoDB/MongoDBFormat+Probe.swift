// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension MongoDBFormat {
    /// A header with a kind, and behind it what this kind begins with.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        message(evidence.bytes)
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        switch Self.message(bytes) {
        case .fromClient: side == .client
        case .fromServer: side == .server
        case .no, .undecided, .fromEither: false
        }
    }

    private static func message(_ bytes: RawSpan) -> Recognition {
        // A length of 16 to 2^24, which no text begins with.
        if bytes.byteCount >= 4, bytes.octet(at: 3) != 0 { return .no }
        guard bytes.byteCount >= MongoDBHeader.byteCount else { return isBegun(bytes) ? .undecided : .no }
        guard let header = MongoDBHeader(bytes) else { return .no }
        let content = content(header, bytes)
        guard content == .fromClient else { return content }
        return header.sender == .client ? .fromClient : .fromServer
    }

    /// Whether so few bytes may become a header: what little is known of its fields.
    private static func isBegun(_ bytes: RawSpan) -> Bool {
        guard bytes.octet(at: 0) >= 16 || bytes.octet(at: 1) > 0 || bytes.octet(at: 2) > 0 else {
            return false
        }
        guard bytes.byteCount >= 14 else { return true }
        let pair = bytes.littleEndianPair(at: 12)
        return pair == 1 || MongoDBHeader.Kind(rawValue: UInt32(pair)) != nil
    }

    /// `.fromClient` where the content is sound, whoever sent it.
    private static func content(_ header: MongoDBHeader, _ bytes: RawSpan) -> Recognition {
        switch header.kind {
        case .message:
            guard bytes.byteCount >= 26 else { return .undecided }
            // Bits below 16 must be known ones.
            guard bytes.littleEndianWord(at: 16) & 0xFFFC == 0 else { return .no }
            let size = Int(bytes.littleEndianWord(at: 21))
            guard bytes.octet(at: 20) <= 1, size <= header.length - 20 else { return .no }
            if bytes.octet(at: 20) == 1 { return size >= 5 ? .fromClient : .no }
            return size >= 5 && isElement(bytes.octet(at: 25)) ? .fromClient : .no
        case .compressed:
            guard bytes.byteCount >= 25 else { return .undecided }
            let kind = MongoDBHeader.Kind(rawValue: bytes.littleEndianWord(at: 16))
            return kind != nil && kind != .compressed && bytes.octet(at: 24) <= 3 ? .fromClient : .no
        case .reply:
            guard bytes.byteCount >= 36 else { return .undecided }
            let count = bytes.littleEndianWord(at: 32)
            guard bytes.littleEndianWord(at: 16) < 16, count <= 1 << 24 else { return .no }
            guard count > 0 else { return header.length == 36 ? .fromClient : .no }
            guard bytes.byteCount >= 41 else { return .undecided }
            let size = Int(bytes.littleEndianWord(at: 36))
            return size >= 5 && size <= header.length - 36 && isElement(bytes.octet(at: 40))
                ? .fromClient : .no
        case .query, .getMore, .insert, .update, .delete:
            return namespace(bytes)
        case .killCursors:
            guard bytes.byteCount >= 24 else { return .undecided }
            let count = Int(bytes.littleEndianWord(at: 20))
            return count > 0 && count < 1 << 20 && header.length == 24 + 8 * count ? .fromClient : .no
        }
    }

    /// `database.collection` behind four bytes of flags.
    private static func namespace(_ bytes: RawSpan) -> Recognition {
        var offset = 20
        var hasDot = false
        while offset < bytes.byteCount, bytes.octet(at: offset) != 0 {
            let byte = bytes.octet(at: offset)
            guard byte > 0x20, byte != 0x7F, offset < 20 + MongoDBLimits.namespace else { return .no }
            if byte == 0x2E, offset > 20 { hasDot = true }
            offset += 1
        }
        guard offset < bytes.byteCount else { return .undecided }
        return hasDot ? .fromClient : .no
    }

    private static func isElement(_ type: UInt8) -> Bool {
        (0x01...0x13).contains(type) || type == 0x7F || type == 0xFF || type == 0
    }
}
