// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What the dissector needs of a message head: nothing in it refers to the bytes.
struct HTTPHead {
    /// How the end of a body is told, before status and method are considered.
    enum Framing: Equatable, BitwiseCopyable {
        case unspecified
        case length(UInt64)
        case chunked
        /// A transfer coding that is not delimited: until the connection closes.
        case undelimited
        /// Lengths that contradict each other or are no numbers.
        case invalid
    }

    /// 0 for a request.
    private(set) var status: UInt16 = 0
    private(set) var framing = Framing.unspecified
    /// Its media type.
    private(set) var content = HTTPContent.other
    /// What a response of gRPC-Web without messages has for its trailers.
    private(set) var grpcStatus: UInt16?
    /// The Upgrade field of a response.
    private(set) var upgrade = HTTPUpgrade.other
    /// Where the cache has the request line, until it is asked again.
    private(set) var lineSlot: Int32 = 0
    /// Where the cache has the Host field of a request, or -1.
    private(set) var hostSlot: Int32 = -1
    /// The offset behind its empty line.
    private(set) var end = 0

    var isRequest: Bool { status == 0 }

    /// Reads a head in one pass; `nil` if it does not end within the bytes, or is none.
    ///
    /// - Parameters:
    ///   - bytes: Where the head is, and what follows it.
    ///   - start: The offset of its first byte.
    ///   - cache: Request lines and hosts seen lately.
    init?(_ bytes: RawSpan, from start: Int, _ cache: inout RequestCache) {
        guard let beginning = HTTPStartLine.Beginning(bytes, at: start) else { return nil }
        let lineEnd = bytes.lineFeed(from: start)
        guard lineEnd < bytes.byteCount else { return nil }
        let text = bytes.clamped(start, lineEnd)
        var isOriginForm = false
        switch HTTPStartLine(text, beginning) {
        case nil: return nil
        case .status(let code):
            guard HTTPStartLine.isPlausible(text.clamped(12, text.byteCount)) else { return nil }
            status = code
        case .request(let method, let target):
            guard let slot = cache.slot(line: text, method: method, target: target) else { return nil }
            lineSlot = slot
            // A request to a proxy names the target, not the server.
            isOriginForm = text.octet(at: target.lowerBound) == 0x2F
        }
        var host: Range<Int>?
        guard let end = readFields(bytes, from: lineEnd &+ 1, host: &host) else { return nil }
        self.end = end
        if isOriginForm, let host { hostSlot = cache.slot(host: bytes.clamped(host)) }
    }

    /// Reads fields up to the empty line.
    ///
    /// - Returns: The offset behind the empty line, if there is one.
    private mutating func readFields(_ bytes: RawSpan, from start: Int, host: inout Range<Int>?) -> Int? {
        var start = start
        while start < bytes.byteCount {
            if let behind = Self.endOfEmptyLine(bytes, at: start) { return behind }
            var end = bytes.lineFeed(from: start)
            // A line that begins with white space continues the one before (obs-fold).
            while Self.isBlank(bytes.octet(at: end &+ 1)), !Self.isBlankLine(bytes, from: end &+ 1) {
                end = bytes.lineFeed(from: end &+ 1)
            }
            readField(bytes, start, end, host: &host)
            start = end &+ 1
        }
        return nil
    }

    /// Looks at a field, of which few matter: the first letter tells most apart.
    @inline(__always)
    private mutating func readField(_ bytes: RawSpan, _ start: Int, _ end: Int, host: inout Range<Int>?) {
        switch bytes.octet(at: start) | 0x20 {
        case 0x68 where isRequest:
            if let value = Self.value(of: "host:", bytes, start, end) { host = value }
        case 0x63:
            if let value = Self.value(of: "content-length:", bytes, start, end) {
                readLength(bytes.clamped(value))
            } else if let value = Self.value(of: "content-type:", bytes, start, end) {
                content = HTTPContent(bytes.clamped(value))
            }
        case 0x67 where !isRequest:
            if let value = Self.value(of: "grpc-status:", bytes, start, end) {
                grpcStatus = GRPCStatus.code(bytes.clamped(value))
            }
        case 0x75 where !isRequest:
            if let value = Self.value(of: "upgrade:", bytes, start, end) {
                upgrade = HTTPUpgrade(bytes.clamped(value))
            }
        case 0x74:
            guard let value = Self.value(of: "transfer-encoding:", bytes, start, end) else { return }
            // RFC 9112 section 6.3: a transfer coding overrides Content-Length.
            framing = bytes.clamped(value).hasLowercasedLastWord("chunked") ? .chunked : .undelimited
        default: break
        }
    }

    /// Where the value of a field is, if it has this name.
    @inline(__always)
    private static func value(
        of name: StaticString,
        _ bytes: RawSpan,
        _ start: Int,
        _ end: Int
    ) -> Range<Int>? {
        guard end &- start >= name.utf8CodeUnitCount, bytes.matches(name, at: start, lowercasing: true)
        else { return nil }
        return bytes.trimmed(start &+ name.utf8CodeUnitCount, end)
    }

    private mutating func readLength(_ value: RawSpan) {
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
                number = number &* 10 &+ UInt64(byte &- 0x30)
                digits &+= 1
            } else if !Self.isBlank(byte) {
                framing = .invalid
                return
            }
        }
    }

    /// The offset behind a line feed, or a carriage return and one, that stands there alone.
    @inline(__always)
    private static func endOfEmptyLine(_ bytes: RawSpan, at start: Int) -> Int? {
        switch bytes.octet(at: start) {
        case 0x0A: start &+ 1
        case 0x0D where bytes.octet(at: start &+ 1) == 0x0A: start &+ 2
        default: nil
        }
    }

    private static func isBlankLine(_ bytes: RawSpan, from start: Int) -> Bool {
        let end = bytes.lineFeed(from: start)
        return bytes.trimmed(start, end).isEmpty
    }

    @inline(__always)
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
