// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A piece of a statement.
struct SQLToken: BitwiseCopyable {
    enum Kind: BitwiseCopyable {
        /// A keyword or a name without quotes.
        case word
        /// What stands between the quotes of a name.
        case name
        /// A string, a number or a parameter: never shown.
        case literal
        /// One byte of punctuation or of an operator.
        case symbol
        case end
    }

    var kind = Kind.end
    var start = 0
    var end = 0
    /// The byte of a symbol.
    var symbol: UInt8 = 0
    var keyword: SQLKeyword?

    func isSymbol(_ byte: UInt8) -> Bool { kind == .symbol && symbol == byte }
}

/// Cuts a statement into tokens; comments are no tokens.
///
/// What is not closed (a statement that was cut) reaches to the end.
struct SQLTokenizer: BitwiseCopyable {
    let dialect: SQLDialect
    private var offset = 0

    init(_ dialect: SQLDialect) { self.dialect = dialect }

    mutating func next(_ bytes: RawSpan) -> SQLToken {
        skipBlanks(bytes)
        let start = offset
        guard start < bytes.byteCount else { return SQLToken() }
        let byte = bytes.octet(at: start)
        switch byte {
        case 0x27:
            skipString(bytes, 0x27, hasEscapes: dialect == .mysql)
            return token(.literal, start)
        case 0x22:
            if dialect == .postgresql { return quotedName(bytes, 0x22) }
            skipString(bytes, 0x22, hasEscapes: true)
            return token(.literal, start)
        case 0x60: return quotedName(bytes, 0x60)
        case 0x3F:
            offset += 1
            return token(.literal, start)
        case 0x24: return dollar(bytes)
        case 0x30...0x39: return number(bytes)
        case 0x2E where bytes.octet(at: start + 1) &- 0x30 < 10 && !Self.isWord(bytes.octet(at: start - 1)):
            return number(bytes)
        default: break
        }
        guard Self.isWord(byte) else {
            offset += 1
            var token = token(.symbol, start)
            token.symbol = byte
            return token
        }
        return word(bytes)
    }

    static func isWord(_ byte: UInt8) -> Bool {
        byte | 0x20 &- 0x61 < 26 && byte >= 0x41 || byte &- 0x30 < 10 || byte == 0x5F || byte >= 0x80
    }

    private func token(_ kind: SQLToken.Kind, _ start: Int) -> SQLToken {
        SQLToken(kind: kind, start: start, end: offset)
    }

    private mutating func word(_ bytes: RawSpan) -> SQLToken {
        let start = offset
        while offset < bytes.byteCount,
            Self.isWord(bytes.octet(at: offset)) || bytes.octet(at: offset) == 0x24
        {
            offset += 1
        }
        // E'...', B'...', X'...', N'...'
        if offset == start + 1, bytes.octet(at: offset) == 0x27 {
            let prefix = bytes.octet(at: start) | 0x20
            if prefix == 0x65 || prefix == 0x62 || prefix == 0x78 || prefix == 0x6E {
                skipString(bytes, 0x27, hasEscapes: prefix == 0x65 || dialect == .mysql)
                return token(.literal, start)
            }
        }
        var token = token(.word, start)
        token.keyword = SQLKeyword(bytes.clamped(start, offset))
        return token
    }

    private mutating func number(_ bytes: RawSpan) -> SQLToken {
        let start = offset
        while offset < bytes.byteCount {
            let byte = bytes.octet(at: offset)
            let isSign = byte == 0x2B || byte == 0x2D
            let isExponent = isSign && bytes.octet(at: offset - 1) | 0x20 == 0x65 && offset > start
            guard Self.isWord(byte) || byte == 0x2E || isExponent else { break }
            offset += 1
        }
        return token(.literal, start)
    }

    /// Moves behind a string whose opening quote is at hand, doubled quotes being inside.
    private mutating func skipString(_ bytes: RawSpan, _ quote: UInt8, hasEscapes: Bool) {
        offset += 1
        while offset < bytes.byteCount {
            let byte = bytes.octet(at: offset)
            if byte == 0x5C, hasEscapes {
                offset += 2
            } else if byte != quote {
                offset += 1
            } else if bytes.octet(at: offset + 1) == quote {
                offset += 2
            } else {
                offset += 1
                return
            }
        }
        offset = bytes.byteCount
    }

    private mutating func quotedName(_ bytes: RawSpan, _ quote: UInt8) -> SQLToken {
        let start = offset + 1
        skipString(bytes, quote, hasEscapes: false)
        let isClosed = offset > start && bytes.octet(at: offset - 1) == quote
        return SQLToken(kind: .name, start: start, end: isClosed ? offset - 1 : offset)
    }

    /// `$1`, `$$...$$`, `$tag$...$tag$`.
    private mutating func dollar(_ bytes: RawSpan) -> SQLToken {
        let start = offset
        offset += 1
        while offset < bytes.byteCount, Self.isWord(bytes.octet(at: offset)) { offset += 1 }
        let isTag = dialect == .postgresql && bytes.octet(at: offset) == 0x24
        guard isTag, !(bytes.octet(at: start + 1) &- 0x30 < 10) else { return token(.literal, start) }
        offset += 1
        let tag = bytes.clamped(start, offset)
        while offset < bytes.byteCount {
            if bytes.octet(at: offset) == 0x24,
                bytes.clamped(offset, offset + tag.byteCount).hasSameBytes(as: tag)
            {
                offset += tag.byteCount
                return token(.literal, start)
            }
            offset += 1
        }
        return token(.literal, start)
    }

    // MARK: - Blanks and comments

    private mutating func skipBlanks(_ bytes: RawSpan) {
        while offset < bytes.byteCount {
            let byte = bytes.octet(at: offset)
            let next = bytes.octet(at: offset + 1)
            switch byte {
            case 0...0x20, 0x7F: offset += 1
            case 0x23 where dialect == .mysql: offset = bytes.lineFeed(from: offset)
            case 0x2D where next == 0x2D && isLineComment(bytes): offset = bytes.lineFeed(from: offset)
            case 0x2F where next == 0x2A: skipComment(bytes)
            // The end of a comment that MySQL executes.
            case 0x2A where next == 0x2F && dialect == .mysql: offset += 2
            default: return
            }
        }
    }

    /// MySQL wants a blank behind the two dashes.
    private func isLineComment(_ bytes: RawSpan) -> Bool {
        dialect == .postgresql || bytes.octet(at: offset + 2) <= 0x20
    }

    private mutating func skipComment(_ bytes: RawSpan) {
        // `/*!40101 SET ... */` is executed.
        if dialect == .mysql, bytes.octet(at: offset + 2) == 0x21 {
            offset += 3
            while bytes.octet(at: offset) &- 0x30 < 10 { offset += 1 }
            return
        }
        var depth = 0
        while offset < bytes.byteCount {
            let (byte, next) = (bytes.octet(at: offset), bytes.octet(at: offset + 1))
            if byte == 0x2F, next == 0x2A, depth == 0 || dialect == .postgresql {
                depth += 1
                offset += 2
            } else if byte == 0x2A, next == 0x2F {
                depth -= 1
                offset += 2
                if depth == 0 { return }
            } else {
                offset += 1
            }
        }
        offset = bytes.byteCount
    }
}
