// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Literals of numbers.
extension Lexer {
    /// Reads a number at a digit, or at a point before one.
    mutating func number() throws(ExpressionError) -> Token.Kind {
        let start = index
        if peek() == "0", peek(1) == "x" || peek(1) == "X" {
            advance(2)
            return try hexadecimal(from: start)
        }
        skipDigits()
        var isFraction = false
        if peek() == ".", peek(1)?.isDigit == true {
            isFraction = true
            advance()
            skipDigits()
        }
        if peek() == "e" || peek() == "E" {
            let signed = peek(1) == "+" || peek(1) == "-"
            if peek(signed ? 2 : 1)?.isDigit == true {
                isFraction = true
                advance(signed ? 2 : 1)
                skipDigits()
            }
        }
        guard isFraction else { return try decimal(from: start) }
        try requireEnd(from: start)
        guard let value = Double(text(from: start)), value.isFinite else {
            throw ExpressionError(.syntax, "the number does not fit a double", at: span(from: start))
        }
        return .literal(.double(value))
    }

    private mutating func decimal(from start: Int) throws(ExpressionError) -> Token.Kind {
        try whole(UInt64(text(from: start)), from: start)
    }

    private mutating func hexadecimal(from start: Int) throws(ExpressionError) -> Token.Kind {
        let digits = index
        while peek()?.hexadecimalValue != nil { advance() }
        return try whole(UInt64(text(from: digits), radix: 16), from: start)
    }

    /// An integer, unsigned with `u` behind it.
    private mutating func whole(_ value: UInt64?, from start: Int) throws(ExpressionError) -> Token.Kind {
        let isUnsigned = peek() == "u" || peek() == "U"
        if isUnsigned { advance() }
        try requireEnd(from: start)
        guard let value else {
            throw ExpressionError(
                .syntax,
                index - start > 2 ? "the number does not fit 64 bits" : "there are no digits in this number",
                at: span(from: start)
            )
        }
        return isUnsigned ? .literal(.uint(value)) : .integer(magnitude: value)
    }

    /// What goes on like a name, such as `90s`, is a number with a unit that CEL does not have.
    private mutating func requireEnd(from start: Int) throws(ExpressionError) {
        guard peek()?.isIdentifierPart == true else { return }
        while peek()?.isIdentifierPart == true { advance() }
        let text = text(from: start)
        let isDuration = CELDuration.nanoseconds(text) != nil
        throw ExpressionError(
            .syntax,
            "\(text) is neither a number nor a name",
            at: span(from: start),
            hint: isDuration ? "a duration is duration(\"\(text)\")" : nil
        )
    }

    private mutating func skipDigits() {
        while peek()?.isDigit == true { advance() }
    }

    private func text(from start: Int) -> String {
        String(String.UnicodeScalarView(source[start..<index]))
    }
}
