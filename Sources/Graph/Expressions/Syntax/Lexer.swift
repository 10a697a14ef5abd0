// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Cuts the text of an expression into words, by the grammar of CEL.
struct Lexer {
    /// Longer ones first.
    private static let symbols = [
        "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",",
        "(", ")", "[", "]", "{", "}",
    ].map { (text: $0, scalars: Array($0.unicodeScalars)) }

    let source: [Unicode.Scalar]
    private(set) var index = 0

    init(_ source: [Unicode.Scalar]) {
        self.source = source
    }

    /// All words of a text, and the end of it.
    ///
    /// - Throws: `ExpressionError` where the text is longer than allowed or holds what is no word.
    static func tokens(of text: String) throws(ExpressionError) -> [Token] {
        let scalars = Array(text.unicodeScalars)
        guard text.utf8.count <= ExpressionLimits.maximumSourceBytes else {
            throw ExpressionError(
                .limit,
                "the expression is longer than \(ExpressionLimits.maximumSourceBytes) bytes",
                at: SourceSpan(offset: 0, length: scalars.count)
            )
        }
        var lexer = Lexer(scalars)
        var tokens: [Token] = []
        while true {
            let token = try lexer.next()
            tokens.append(token)
            if token.isEnd { return tokens }
        }
    }

    /// The code point that far ahead.
    func peek(_ distance: Int = 0) -> Unicode.Scalar? {
        index + distance < source.count ? source[index + distance] : nil
    }

    mutating func advance(_ count: Int = 1) {
        index = min(source.count, index + count)
    }

    /// Steps back over the last code point.
    mutating func stepBack() {
        index = max(0, index - 1)
    }

    func span(from start: Int) -> SourceSpan { SourceSpan(offset: start, length: index - start) }

    private mutating func next() throws(ExpressionError) -> Token {
        skipSpace()
        let start = index
        guard let first = peek() else { return Token(kind: .end, span: span(from: start)) }
        if let literal = try quoted() {
            return Token(kind: .literal(literal), span: span(from: start))
        }
        if first.isIdentifierStart {
            while let scalar = peek(), scalar.isIdentifierPart { advance() }
            return Token(kind: word(from: start), span: span(from: start))
        }
        if first == "`" {
            return Token(kind: .quotedName(try quotedName()), span: span(from: start))
        }
        if first.isDigit || first == "." && peek(1)?.isDigit == true {
            return Token(kind: try number(), span: span(from: start))
        }
        for symbol in Self.symbols where source[index...].starts(with: symbol.scalars) {
            advance(symbol.scalars.count)
            return Token(kind: .symbol(symbol.text), span: span(from: start))
        }
        advance()
        throw ExpressionError(
            .syntax,
            "there is no operator \(ExpressionValue.string(String(first)).description)",
            at: span(from: start),
            hint: Self.hint(for: first)
        )
    }

    private static func hint(for scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "=": "equality is =="
        case "&": "and is &&"
        case "|": "or is ||"
        default: nil
        }
    }

    private mutating func skipSpace() {
        while let scalar = peek() {
            if scalar == "/", peek(1) == "/" {
                while let comment = peek(), comment != "\n" { advance() }
            } else if scalar == " " || (0x09...0x0D).contains(scalar.value) && scalar.value != 0x0B {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func quotedName() throws(ExpressionError) -> String {
        let start = index
        advance()
        while let scalar = peek(), scalar.isIdentifierPart || ["-", ".", "/", " "].contains(scalar) {
            advance()
        }
        guard peek() == "`", index > start + 1 else {
            throw ExpressionError(
                .syntax,
                "a name in backticks has letters, digits, _, -, ., / and spaces",
                at: span(from: start)
            )
        }
        advance()
        return String(String.UnicodeScalarView(source[start + 1..<index - 1]))
    }

    private func word(from start: Int) -> Token.Kind {
        let text = String(String.UnicodeScalarView(source[start..<index]))
        return switch text {
        case "true": .literal(.bool(true))
        case "false": .literal(.bool(false))
        case "null": .literal(.null)
        case "in": .symbol("in")
        default: .identifier(text)
        }
    }
}

extension Unicode.Scalar {
    var isDigit: Bool { ("0"..."9").contains(self) }

    var isIdentifierStart: Bool { isLetter || self == "_" }

    var isIdentifierPart: Bool { isLetter || isDigit || self == "_" }

    /// The value of a hexadecimal digit.
    var hexadecimalValue: UInt32? {
        switch self {
        case "0"..."9": value - 48
        case "a"..."f": value - 87
        case "A"..."F": value - 55
        default: nil
        }
    }

    private var isLetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}
