// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension AMQPFormat {
    /// The header that a client begins with, or a whole method that only one side sends.
    static func probe(_ evidence: borrowing StreamEvidence) -> Recognition {
        let bytes = evidence.bytes
        if bytes.octet(at: 0) == 0x41 {
            guard bytes.byteCount >= 8 else {
                return bytes.hasSameBytes(as: preamble.octetSpan.clamped(0, bytes.byteCount))
                    ? .undecided : .no
            }
            return bytes.clamped(0, 8).hasSameBytes(as: preamble.octetSpan) ? .fromClient : .no
        }
        return method(bytes)
    }

    func startsMessage(_ bytes: RawSpan, from side: StreamSide) -> Bool {
        guard let frame = AMQPFrame(bytes) else { return false }
        let length = frame.size + AMQPFrame.overhead
        if length <= bytes.byteCount { return bytes.octet(at: length - 1) == AMQPFrame.end }
        // A body that goes on in further segments.
        return frame.kind == .method && AMQPMethod(bytes.octets32(at: AMQPFrame.headerLength)) != nil
    }

    private static let preamble: [UInt8] = Array("AMQP".utf8) + [0, 0, 9, 1]

    private static func method(_ bytes: RawSpan) -> Recognition {
        guard bytes.octet(at: 0) == AMQPFrame.Kind.method.rawValue else { return .no }
        guard bytes.byteCount >= AMQPFrame.headerLength else {
            // Channels are numbered from 1 on, and methods are short.
            return bytes.octet(at: 3) == 0 && bytes.octet(at: 4) == 0 ? .undecided : .no
        }
        guard let frame = AMQPFrame(bytes), frame.size <= AMQPLimits.recognizedMethod else { return .no }
        guard bytes.byteCount >= AMQPFrame.headerLength + 4 else { return .undecided }
        guard let method = AMQPMethod(bytes.octets32(at: AMQPFrame.headerLength)) else { return .no }
        let length = frame.size + AMQPFrame.overhead
        guard bytes.byteCount >= length else { return .undecided }
        guard bytes.octet(at: length - 1) == AMQPFrame.end else { return .no }
        return switch method.kind {
        case .request, .publish, .notice: .fromClient
        case .reply(to: 50), .reply(to: 40), .close, .confirm: .no
        case .reply, .content, .delivery, .service: .fromServer
        }
    }
}

extension RawSpan {
    /// Four bytes, most significant first; 0 for those beyond the end.
    fileprivate func octets32(at offset: Int) -> UInt32 {
        UInt32(octetPair(at: offset)) << 16 | UInt32(octetPair(at: offset + 2))
    }
}
