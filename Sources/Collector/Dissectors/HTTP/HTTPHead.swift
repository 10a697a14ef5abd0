// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What the dissector needs of a message head: nothing in it refers to the bytes.
struct HTTPHead {
    /// How the end of a body is told, before status and method are considered.
    enum Framing: Equatable {
        case unspecified
        case length(UInt64)
        case chunked
        /// A transfer coding that is not delimited: until the connection closes.
        case undelimited
        /// Lengths that contradict each other or are no numbers.
        case invalid
    }

    var isRequest: Bool { status == 0 }
    /// 0 for a request.
    var status: UInt16 = 0
    var framing = Framing.unspecified
    var request = RequestFacts()
    var expectsContinue = false
    /// `text/event-stream`.
    var isEventStream = false
    /// The Host field of a request in origin form that names a host.
    var host: String?

    /// What a request line says.
    struct RequestFacts {
        var operation = ""
        var isHEAD = false
        var isCONNECT = false
        /// Its target asks to watch or follow.
        var isStreaming = false
    }

    /// Parses a complete head, start line included.
    init?(_ head: RawSpan, operations: inout OperationCache) {
        var lineEnd = Self.endOfLine(head, from: 0)
        var isOriginForm = false
        switch HTTPStartLine(head.clamped(0, lineEnd)) {
        case .status(let code): status = code
        case .request(let method, let target):
            request = Self.facts(method: head.clamped(method), target: head.clamped(target), &operations)
            // A request to a proxy names the target, not the server.
            isOriginForm = head.octet(at: target.lowerBound) == 0x2F
        case nil: return nil
        }
        while lineEnd < head.byteCount {
            let start = lineEnd + 1
            lineEnd = Self.endOfLine(head, from: start)
            // A line that begins with white space continues the one before (obs-fold).
            while lineEnd + 1 < head.byteCount, Self.isBlank(head.octet(at: lineEnd + 1)),
                !Self.isEmptyLine(head, from: lineEnd + 1)
            {
                lineEnd = Self.endOfLine(head, from: lineEnd + 1)
            }
            field(head.clamped(start, lineEnd))
        }
        if !isOriginForm { host = nil }
    }

    /// What a request line alone tells, for a head whose rest has not come yet.
    static func facts(
        method: RawSpan,
        target: RawSpan,
        _ operations: inout OperationCache
    ) -> RequestFacts {
        let entry = operations.entry(method: method, target: target)
        return RequestFacts(
            operation: entry.operation,
            isHEAD: method.equals("HEAD"),
            isCONNECT: method.equals("CONNECT"),
            isStreaming: entry.isStreaming
        )
    }

    private mutating func field(_ line: RawSpan) {
        var colon = 0
        while colon < line.byteCount, line.octet(at: colon) != 0x3A { colon += 1 }
        guard colon < line.byteCount else { return }
        let name = line.clamped(0, colon)
        let value = line.clamped(colon + 1, line.byteCount).trimmed()
        switch colon {
        case 4 where isRequest && name.equalsLowercased("host"):
            host = HTTPHost.name(value)
        case 6 where isRequest && name.equalsLowercased("expect"):
            expectsContinue = value.equalsLowercased("100-continue")
        case 12 where !isRequest && name.equalsLowercased("content-type"):
            isEventStream = value.hasLowercasedPrefix("text/event-stream")
        case 14 where name.equalsLowercased("content-length"):
            contentLength(value)
        case 17 where name.equalsLowercased("transfer-encoding"):
            // RFC 9112 section 6.3: a transfer coding overrides Content-Length.
            framing = value.hasLowercasedLastWord("chunked") ? .chunked : .undelimited
        default: break
        }
    }

    private mutating func contentLength(_ value: RawSpan) {
        switch framing {
        case .chunked, .undelimited, .invalid: return
        case .unspecified, .length: break
        }
        // A list of equal values is tolerated (RFC 9110 section 8.6).
        var number: UInt64 = 0
        var digits = 0
        for offset in 0...value.byteCount {
            let byte = value.octet(at: offset)
            if offset == value.byteCount || byte == 0x2C {
                guard digits > 0, framing == .unspecified || framing == .length(number) else {
                    framing = .invalid
                    return
                }
                framing = .length(number)
                (number, digits) = (0, 0)
            } else if byte &- 0x30 < 10, digits < 18 {
                number = number * 10 + UInt64(byte - 0x30)
                digits += 1
            } else if !Self.isBlank(byte) {
                framing = .invalid
                return
            }
        }
    }

    private static func endOfLine(_ bytes: RawSpan, from start: Int) -> Int {
        // Callers may ask from beyond the end, which is then where the line ends.
        max(start, bytes.lineFeed(from: start))
    }

    private static func isEmptyLine(_ bytes: RawSpan, from start: Int) -> Bool {
        bytes.clamped(start, endOfLine(bytes, from: start)).trimmed().isEmpty
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
