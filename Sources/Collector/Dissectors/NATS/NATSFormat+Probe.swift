// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension NATSFormat {
    /// The INFO that a server greets with; from the middle a line with the arguments of its verb.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        switch bytes.octet(at: 0) {
        case 0x49: return greeting(bytes)
        case 0x43, 0x50, 0x48, 0x53: return line(bytes, .client)
        case 0x4D: return line(bytes, .server)
        default: return .no
        }
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        guard case .line = NATSLine.read(bytes, from: side) else { return false }
        return true
    }

    private static let beginning: [UInt8] = Array("INFO {".utf8)

    private static func greeting(_ bytes: RawSpan) -> Recognition {
        let known = min(bytes.byteCount, beginning.count)
        guard bytes.clamped(0, known).hasSameBytes(as: beginning.octetSpan.clamped(0, known)) else {
            return .no
        }
        let name = StaticString("\"server_id\"")
        guard bytes.byteCount >= beginning.count + 11 else { return .undecided }
        for start in beginning.count..<min(bytes.byteCount, NATSLimits.recognizedLine)
        where bytes.matches(name, at: start, lowercasing: false) { return .fromServer }
        let lineFeed = bytes.lineFeed(from: 0)
        return lineFeed < bytes.byteCount || bytes.byteCount >= NATSLimits.recognizedLine ? .no : .undecided
    }

    private static func line(_ bytes: RawSpan, _ side: StreamSide) -> Recognition {
        switch NATSLine.read(bytes, from: side) {
        case .invalid: return .no
        case .needsMore: return bytes.byteCount < NATSLimits.recognizedLine ? .undecided : .no
        case .line(let line):
            let verdict: Recognition = side == .client ? .fromClient : .fromServer
            switch line.verb {
            case .pub, .hpub, .msg, .hmsg:
                // The end of the message must be where its size says, as far as it is there.
                let end = line.length + line.payload
                guard bytes.byteCount >= end else { return verdict }
                return bytes.octetPair(at: end - 2) == 0x0D0A ? verdict : .no
            case .connect: return verdict
            // Words that other protocols have too.
            case .info, .sub, .unsub, .ping, .pong, .ok, .error: return .no
            }
        }
    }
}
