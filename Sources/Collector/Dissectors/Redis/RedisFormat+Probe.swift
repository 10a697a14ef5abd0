// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension RedisFormat {
    /// A command as an array of strings, of which the first is a name.
    ///
    /// Replies are too like other text to be recognized by themselves. Inline commands count on
    /// Redis' own ports, if they are known ones.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        guard evidence.bytes.octet(at: 0) == 0x2A else {
            return evidence.isExpected ? probeInline(evidence.bytes) : .no
        }
        return command(evidence.bytes)
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        switch side {
        case .client: Self.command(bytes) == .fromClient
        case .server:
            switch RedisToken.read(bytes, from: .server) {
            case .token(let token):
                switch token.kind {
                case .simple, .error: Self.isPrintable(bytes.clamped(1, token.lineLength - 2))
                default: true
                }
            case .needsMore, .invalid: false
            }
        }
    }

    private static func command(_ bytes: RawSpan) -> Recognition {
        let count: RedisToken
        switch RedisToken.read(bytes, from: .client) {
        case .needsMore: return .undecided
        case .invalid: return .no
        case .token(let token): count = token
        }
        guard count.kind == .aggregate, count.count > 0 else { return .no }
        let rest = bytes.clamped(count.lineLength, bytes.byteCount)
        guard !rest.isEmpty else { return .undecided }
        guard rest.octet(at: 0) == 0x24 else { return .no }
        switch RedisToken.read(rest, from: .client) {
        case .needsMore: return .undecided
        case .invalid: return .no
        case .token(let token):
            guard (1...RedisLimits.name).contains(token.count) else { return .no }
            guard rest.byteCount >= token.length else { return .undecided }
            let name = rest.clamped(token.lineLength, token.lineLength + token.count)
            return RedisCommand.name(name) == nil ? .no : .fromClient
        }
    }

    private static func probeInline(_ bytes: RawSpan) -> Recognition {
        let end = bytes.lineFeed(from: 0)
        guard end < bytes.byteCount else {
            return bytes.byteCount < 64 && isPrintable(bytes) ? .undecided : .no
        }
        let line = bytes.clamped(0, end).trimmed()
        var length = 0
        while length < line.byteCount, line.octet(at: length) > 0x20 { length += 1 }
        let known = [
            "PING", "INFO", "AUTH", "SELECT", "ECHO", "DBSIZE", "KEYS",
        ]
        guard isPrintable(line), let name = RedisCommand.name(line.clamped(0, length)) else { return .no }
        return known.contains(name) ? .fromClient : .no
    }

    private static func isPrintable(_ bytes: RawSpan) -> Bool {
        for offset in 0..<bytes.byteCount {
            let byte = bytes.octet(at: offset)
            guard byte >= 0x20 && byte < 0x7F || byte == 0x0D else { return false }
        }
        return true
    }
}
