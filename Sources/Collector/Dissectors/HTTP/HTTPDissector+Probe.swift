// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension HTTPDissector {
    /// A complete request line with a well-known method, or a status line.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        var start = 0
        var emptyLines = 0
        // RFC 9112 section 2.2: an empty line before a start line is ignored.
        while emptyLines <= HTTPLimits.emptyLines {
            if bytes.octet(at: start) == 0x0A {
                start += 1
            } else if bytes.octet(at: start) == 0x0D, bytes.octet(at: start + 1) == 0x0A {
                start += 2
            } else {
                break
            }
            emptyLines += 1
        }
        guard start < bytes.byteCount else { return .undecided }
        let end = bytes.lineFeed(from: start)
        let line = bytes.clamped(start, end)
        guard isPlausible(line) else { return .no }
        guard end < bytes.byteCount else { return .undecided }
        switch HTTPStartLine(line) {
        case .status?: return .fromServer
        case .request(let method, _)?:
            return OperationTemplate.isWellKnown(method: line.clamped(method)) ? .fromClient : .no
        case nil: return .no
        }
    }

    private static func isPlausible(_ line: RawSpan) -> Bool {
        var sawSpace = false
        for offset in 0..<line.byteCount {
            let byte = line.octet(at: offset)
            if offset == 0, !HTTPStartLine.isPlausibleFirstByte(byte) { return false }
            // A lone carriage return may be the first half of a line end that has not come yet.
            if byte == 0x0D, offset == line.byteCount - 1 { return true }
            guard HTTPStartLine.isPlausible(byte, at: offset, afterFirstSpace: sawSpace) else { return false }
            if byte == 0x20 { sawSpace = true }
        }
        return true
    }
}
