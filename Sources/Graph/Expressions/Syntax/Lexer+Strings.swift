// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Literals of strings and bytes: `"a"`, `'a'`, `"""a"""`, `r"\d"`, `b"\xff"`.
extension Lexer {
    /// What holds the parts of a literal before it is a value.
    private struct Content {
        let isBytes: Bool
        var scalars = String.UnicodeScalarView()
        var bytes: [UInt8] = []

        mutating func append(_ scalar: Unicode.Scalar) {
            if isBytes { bytes += Array(String(scalar).utf8) } else { scalars.append(scalar) }
        }

        var value: ExpressionValue { isBytes ? .bytes(bytes) : .string(String(scalars)) }
    }

    /// Reads a literal where one begins here.
    mutating func quoted() throws(ExpressionError) -> ExpressionValue? {
        let start = index
        var ahead = 0
        let isBytes = peek() == "b" || peek() == "B"
        if isBytes { ahead += 1 }
        let isRaw = peek(ahead) == "r" || peek(ahead) == "R"
        if isRaw { ahead += 1 }
        guard let quote = peek(ahead), quote == "\"" || quote == "'" else { return nil }
        let isTriple = peek(ahead + 1) == quote && peek(ahead + 2) == quote
        advance(ahead + (isTriple ? 3 : 1))
        var content = Content(isBytes: isBytes)
        while let scalar = peek() {
            if scalar == quote, !isTriple || peek(1) == quote && peek(2) == quote {
                advance(isTriple ? 3 : 1)
                return content.value
            }
            if !isTriple, scalar == "\n" || scalar == "\r" { break }
            if scalar == "\\", !isRaw {
                try escape(into: &content)
            } else {
                content.append(scalar)
                advance()
            }
        }
        throw ExpressionError(.syntax, "the string has no end", at: span(from: start))
    }

    private mutating func escape(into content: inout Content) throws(ExpressionError) {
        let start = index
        advance()
        guard let scalar = peek() else { return }
        advance()
        switch scalar {
        case "a": content.append("\u{07}")
        case "b": content.append("\u{08}")
        case "f": content.append("\u{0C}")
        case "n": content.append("\n")
        case "r": content.append("\r")
        case "t": content.append("\t")
        case "v": content.append("\u{0B}")
        case "\\", "?", "\"", "'", "`": content.append(scalar)
        case "x", "X": try number(of: 2, radix: 16, from: start, into: &content)
        case "u" where !content.isBytes: try number(of: 4, radix: 16, from: start, into: &content)
        case "U" where !content.isBytes: try number(of: 8, radix: 16, from: start, into: &content)
        case "0"..."3":
            stepBack()
            try number(of: 3, radix: 8, from: start, into: &content)
        default:
            throw ExpressionError(
                .syntax,
                "there is no such escape",
                at: span(from: start),
                hint: "a backslash is \\\\, or begin the string with r, as in r\"\\d+\""
            )
        }
    }

    /// A code point by its number; in bytes, a byte.
    private mutating func number(
        of count: Int,
        radix: UInt32,
        from start: Int,
        into content: inout Content
    ) throws(ExpressionError) {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let digit = peek()?.hexadecimalValue, digit < radix else {
                throw ExpressionError(.syntax, "the escape takes \(count) digits", at: span(from: start))
            }
            value = value << (radix == 16 ? 4 : 3) | digit
            advance()
        }
        if content.isBytes {
            content.bytes.append(UInt8(truncatingIfNeeded: value))
        } else if let scalar = Unicode.Scalar(value) {
            content.append(scalar)
        } else {
            throw ExpressionError(.syntax, "there is no such code point", at: span(from: start))
        }
    }
}
