// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A line of the protocol, and what it says of the bytes behind it.
struct NATSLine {
    enum Verb: BitwiseCopyable {
        case info, connect, pub, hpub, sub, unsub, msg, hmsg, ping, pong, ok, error
    }

    let verb: Verb
    /// Its end included.
    let length: Int
    /// Bytes behind the line, their end included.
    private(set) var payload = 0
    /// Of the payload: bytes of headers.
    private(set) var headers = 0
    /// Where the arguments lie; that of a missing one is empty.
    private(set) var subject = 0..<0
    private(set) var reply = 0..<0

    enum Reading {
        case line(NATSLine)
        case needsMore
        case invalid
    }

    /// Reads the line at the beginning of the bytes.
    static func read(_ bytes: RawSpan, from side: StreamSide) -> Reading {
        let lineFeed = bytes.lineFeed(from: 0)
        guard lineFeed < bytes.byteCount else {
            return bytes.byteCount < NATSLimits.line && mayBegin(bytes, side) ? .needsMore : .invalid
        }
        var end = lineFeed
        if end > 0, bytes.octet(at: end - 1) == 0x0D { end -= 1 }
        var words = NATSWords(end: end)
        let name = words.next(in: bytes)
        guard name.lowerBound == 0, let verb = verb(bytes.clamped(name), side) else { return .invalid }
        var line = NATSLine(verb: verb, length: lineFeed + 1)
        return line.takeArguments(words, bytes) ? .line(line) : .invalid
    }

    private init(verb: Verb, length: Int) {
        self.verb = verb
        self.length = length
    }

    /// - Returns: `false` where they are none of the verb.
    private mutating func takeArguments(_ before: NATSWords, _ bytes: RawSpan) -> Bool {
        var words = before
        switch verb {
        case .info, .connect: return bytes.octet(at: words.next(in: bytes).lowerBound) == 0x7B
        case .ping, .pong, .ok: return words.next(in: bytes).isEmpty
        case .error: return bytes.octet(at: words.next(in: bytes).lowerBound) == 0x27
        case .pub: return takeMessage(words, bytes, sizes: 1, names: 1)
        case .hpub: return takeMessage(words, bytes, sizes: 2, names: 1)
        case .msg: return takeMessage(words, bytes, sizes: 1, names: 2)
        case .hmsg: return takeMessage(words, bytes, sizes: 2, names: 2)
        case .sub:
            // A subject, perhaps a queue group, and the identifier of the subscription.
            subject = words.next(in: bytes)
            let identifier = words.next(in: bytes)
            _ = words.next(in: bytes)
            return Self.isSubject(bytes.clamped(subject)) && !identifier.isEmpty
                && words.next(in: bytes).isEmpty
        case .unsub:
            guard !words.next(in: bytes).isEmpty else { return false }
            let limit = words.next(in: bytes)
            return (limit.isEmpty || Self.number(bytes.clamped(limit)) != nil)
                && words.next(in: bytes).isEmpty
        }
    }

    /// Takes the arguments of a message: a subject, from the server an identifier, perhaps where to
    /// reply, and the sizes of headers and of all.
    private mutating func takeMessage(
        _ words: NATSWords,
        _ bytes: RawSpan,
        sizes: Int,
        names: Int
    ) -> Bool {
        var counting = words
        var count = 0
        while count < 6, !counting.next(in: bytes).isEmpty { count += 1 }
        guard count == names + sizes || count == names + sizes + 1 else { return false }
        var words = words
        subject = words.next(in: bytes)
        if names == 2 { _ = words.next(in: bytes) }
        if count > names + sizes { reply = words.next(in: bytes) }
        if sizes == 2 {
            guard let size = Self.number(bytes.clamped(words.next(in: bytes))) else { return false }
            headers = size
        }
        guard let size = Self.number(bytes.clamped(words.next(in: bytes))), size >= headers,
            size <= NATSLimits.payload
        else { return false }
        payload = size + 2
        return Self.isSubject(bytes.clamped(subject))
    }

    private static func isSubject(_ bytes: RawSpan) -> Bool {
        for offset in 0..<bytes.byteCount {
            let byte = bytes.octet(at: offset)
            if byte <= 0x20 || byte == 0x7F { return false }
        }
        return !bytes.isEmpty
    }

    private static func number(_ bytes: RawSpan) -> Int? { bytes.decimal(digits: 9) }

    // MARK: - Verbs

    private static let clientVerbs: [(StaticString, Verb)] = [
        ("pub", .pub), ("hpub", .hpub), ("sub", .sub), ("unsub", .unsub), ("connect", .connect),
        ("ping", .ping), ("pong", .pong),
    ]

    private static let serverVerbs: [(StaticString, Verb)] = [
        ("msg", .msg), ("hmsg", .hmsg), ("+ok", .ok), ("-err", .error), ("info", .info), ("ping", .ping),
        ("pong", .pong),
    ]

    private static func verb(_ name: RawSpan, _ side: StreamSide) -> Verb? {
        for (text, verb) in side == .client ? clientVerbs : serverVerbs where name.equalsLowercased(text) {
            return verb
        }
        return nil
    }

    /// Whether bytes without a line end may begin a line.
    private static func mayBegin(_ bytes: RawSpan, _ side: StreamSide) -> Bool {
        for (text, _) in side == .client ? clientVerbs : serverVerbs {
            let count = text.utf8CodeUnitCount
            if bytes.byteCount <= count {
                if bytes.isLowercasedBeginning(of: text) { return true }
            } else if bytes.hasLowercasedPrefix(text) {
                return [0x20, 0x09, 0x0D].contains(bytes.octet(at: count))
            }
        }
        return false
    }
}

/// The words of a line, one after the other.
struct NATSWords: BitwiseCopyable {
    private var offset = 0
    private let end: Int

    init(end: Int) { self.end = end }

    /// The next word; empty at the end.
    mutating func next(in bytes: RawSpan) -> Range<Int> {
        while offset < end, Self.isSpace(bytes.octet(at: offset)) { offset += 1 }
        let start = offset
        while offset < end, !Self.isSpace(bytes.octet(at: offset)) { offset += 1 }
        return start..<offset
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

extension RawSpan {
    /// Whether all bytes are the beginning of lower-case text, whatever their case.
    fileprivate func isLowercasedBeginning(of text: StaticString) -> Bool {
        for offset in 0..<byteCount {
            var byte = octet(at: offset)
            if (0x41...0x5A).contains(byte) { byte |= 0x20 }
            // Sound: the caller has fewer bytes than the constant has code units.
            guard offset < text.utf8CodeUnitCount, byte == (unsafe text.utf8Start[offset]) else {
                return false
            }
        }
        return true
    }
}
