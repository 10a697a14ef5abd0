// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension HTTP2Dissector {
    /// A client's preface; in the middle of a connection a chain of usual frames with the header
    /// section of a request or a response among them.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        if bytes.octet(at: 0) == 0x50 { return probePreface(bytes) }
        return evidence.isFromStart ? probeSettings(bytes) : probeFrames(bytes)
    }

    private static func probePreface(_ bytes: RawSpan) -> Recognition {
        let preface = HTTP2FrameReader.preface
        if bytes.hasPrefix(preface) { return .fromClient }
        guard bytes.byteCount < preface.utf8CodeUnitCount else { return .no }
        for offset in 0..<bytes.byteCount {
            // Sound: the offset is below the number of code units of the constant.
            guard bytes.octet(at: offset) == (unsafe preface.utf8Start[offset]) else { return .no }
        }
        return .undecided
    }

    /// A server may send its settings before it has seen the preface of the client, which decides.
    private static func probeSettings(_ bytes: RawSpan) -> Recognition {
        for offset in 0..<min(bytes.byteCount, HTTP2FrameHeader.count) {
            let byte = bytes.octet(at: offset)
            let isRight =
                switch offset {
                case 2: byte % 6 == 0
                case 3: byte == 4
                default: byte == 0
                }
            guard isRight else { return .no }
        }
        guard bytes.byteCount >= HTTP2FrameHeader.count else { return .undecided }
        let length = Int(bytes.octet(at: 2))
        var offset = HTTP2FrameHeader.count
        while offset < HTTP2FrameHeader.count + length, offset + 2 <= bytes.byteCount {
            // No setting has a number that takes two bytes.
            guard bytes.octet(at: offset) == 0, bytes.octet(at: offset + 1) != 0 else { return .no }
            offset += 6
        }
        return .undecided
    }

    private static func probeFrames(_ bytes: RawSpan) -> Recognition {
        var offset = 0
        var frames = 0
        var found = Recognition.no
        while frames < HTTP2Limits.probedFrames, bytes.byteCount - offset >= HTTP2FrameHeader.count {
            let header = HTTP2FrameHeader(bytes, at: offset)
            guard header.isUsual else { return .no }
            let start = offset + HTTP2FrameHeader.count
            offset = start + header.length
            frames += 1
            if found == .no, header.kind == .headers, header.stream & 1 == 1 {
                found = probeHead(bytes.clamped(start, offset), header)
            }
        }
        return found
    }

    /// Whose header section it is: requests have a method and a scheme, responses begin with a
    /// status.
    private static func probeHead(_ payload: RawSpan, _ frame: HTTP2FrameHeader) -> Recognition {
        let padding = frame.isPadded ? Int(payload.octet(at: 0)) : 0
        let front = (frame.isPadded ? 1 : 0) + (frame.hasPriority ? 5 : 0)
        guard front + padding < frame.length else { return .no }
        let isWhole = payload.byteCount == frame.length
        let block = payload.clamped(front, min(payload.byteCount, frame.length - padding))
        var decoder = HPACKDecoder()
        var head = HTTP2Head()
        guard decoder.decode(block, isWhole: isWhole && frame.endsHeaders, into: &head) else { return .no }
        if head.status != 0 {
            let isSound = (100..<600).contains(head.status) && !head.hasMethod && !head.hasScheme
            return isSound ? .fromServer : .no
        }
        guard head.hasMethod, head.hasScheme, OperationTemplate.isWellKnown(method: head.method) else {
            return .no
        }
        return head.hasPath && head.path.octet(at: 0) != 0x2F && !head.path.equals("*") ? .no : .fromClient
    }
}
