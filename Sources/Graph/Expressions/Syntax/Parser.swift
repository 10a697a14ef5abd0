// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Reads an expression by the grammar of CEL, one word ahead.
///
/// What has precedence, from the loosest: `?:`, `||`, `&&`, comparisons and `in`, `+ -`, `* / %`,
/// unary `! -`, then `.`, `[]` and calls. The table is that of the CEL language definition.
struct Parser {
    /// Names that CEL keeps; they may follow a point, as in `server.namespace`.
    private static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop",
        "package", "namespace", "return", "var", "void", "while",
    ]

    private let tokens: [Token]
    private var position = 0
    private var nodes = 0
    /// Open calls of `expression`: parentheses make no nodes, and the stack ends.
    private var nesting = 0

    /// Reads a whole expression.
    ///
    /// - Throws: `ExpressionError` that points at the first word that cannot be.
    static func parse(_ text: String) throws(ExpressionError) -> SyntaxNode {
        var parser = Parser(tokens: try Lexer.tokens(of: text))
        guard !parser.token.isEnd else {
            throw ExpressionError(.syntax, "the expression is empty", at: parser.token.span)
        }
        let node = try parser.expression()
        guard parser.token.isEnd else { throw parser.unexpected("an operator") }
        return node
    }

    private init(tokens: [Token]) {
        self.tokens = tokens
    }

    private var token: Token { tokens[position] }

    private mutating func advance() {
        position = min(position + 1, tokens.count - 1)
    }

    /// Steps over a symbol if it is the next word.
    private mutating func take(_ symbol: String) -> Bool {
        guard token.isSymbol(symbol) else { return false }
        advance()
        return true
    }

    /// Steps over a symbol that must be there, and gives its place.
    private mutating func expect(_ symbol: String) throws(ExpressionError) -> SourceSpan {
        let span = token.span
        guard take(symbol) else { throw unexpected(symbol) }
        return span
    }

    private func unexpected(_ wanted: String) -> ExpressionError {
        let found =
            switch token.kind {
            case .end: "the expression ends"
            case .identifier(let name): "\(name) stands"
            case .quotedName(let name): "`\(name)` stands"
            case .literal(let value): "\(value.description) stands"
            case .integer(let magnitude): "\(magnitude) stands"
            case .symbol(let symbol): "\(symbol) stands"
            }
        return ExpressionError(.syntax, "\(found) where \(wanted) should be", at: token.span)
    }

    private mutating func make(
        _ kind: SyntaxNode.Kind,
        _ span: SourceSpan,
        over parts: [SyntaxNode] = []
    ) throws(ExpressionError) -> SyntaxNode {
        nodes += 1
        let depth = 1 + (parts.map(\.depth).max() ?? 0)
        guard nodes <= ExpressionLimits.maximumNodes else {
            throw ExpressionError(
                .limit,
                "the expression has more than \(ExpressionLimits.maximumNodes) parts",
                at: span
            )
        }
        guard depth <= ExpressionLimits.maximumDepth else { throw tooDeep(span) }
        return SyntaxNode(kind: kind, span: span, depth: depth)
    }

    private func tooDeep(_ span: SourceSpan) -> ExpressionError {
        ExpressionError(
            .limit,
            "the expression is nested deeper than \(ExpressionLimits.maximumDepth) levels",
            at: span
        )
    }

    // MARK: - Operators

    private mutating func expression() throws(ExpressionError) -> SyntaxNode {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= ExpressionLimits.maximumDepth else { throw tooDeep(token.span) }
        let condition = try logical(.or)
        guard take("?") else { return condition }
        let then = try logical(.or)
        _ = try expect(":")
        let otherwise = try expression()
        return try make(
            .conditional(condition, then: then, otherwise: otherwise),
            condition.span.through(otherwise.span),
            over: [condition, then, otherwise]
        )
    }

    private mutating func logical(_ operation: LogicalOperator) throws(ExpressionError) -> SyntaxNode {
        let first = try operand(of: operation)
        var operands = [first]
        while take(operation.rawValue) { operands.append(try operand(of: operation)) }
        guard let last = operands.last, operands.count > 1 else { return first }
        return try make(.logical(operation, operands), first.span.through(last.span), over: operands)
    }

    private mutating func operand(of operation: LogicalOperator) throws(ExpressionError) -> SyntaxNode {
        operation == .or ? try logical(.and) : try binary(from: 1)
    }

    /// Operators of at least this precedence, each with what is to its left.
    private mutating func binary(from precedence: Int) throws(ExpressionError) -> SyntaxNode {
        var left = try unary()
        while case .symbol(let symbol) = token.kind, let operation = BinaryOperator(rawValue: symbol),
            operation.precedence >= precedence
        {
            advance()
            let right = try binary(from: operation.precedence + 1)
            left = try make(
                .binary(operation, left, right),
                left.span.through(right.span),
                over: [left, right]
            )
        }
        return left
    }

    private mutating func unary() throws(ExpressionError) -> SyntaxNode {
        let start = token.span
        var signs: [SourceSpan] = []
        for symbol in ["!", "-"] {
            while token.isSymbol(symbol), !(symbol == "-" && isNegativeNumber) {
                signs.append(token.span)
                advance()
            }
            guard !signs.isEmpty else { continue }
            guard signs.count <= ExpressionLimits.maximumDepth else { throw tooDeep(start) }
            var node = try member()
            for sign in signs.reversed() {
                let kind: SyntaxNode.Kind = symbol == "!" ? .not(node) : .negate(node)
                node = try make(kind, sign.through(node.span), over: [node])
            }
            return node
        }
        return try member()
    }

    /// Whether a minus sign and a number make one literal: `-1`, but not in `-1.size()`.
    private var isNegativeNumber: Bool {
        guard position + 2 < tokens.count else { return false }
        switch tokens[position + 1].kind {
        case .integer, .literal(.double): break
        default: return false
        }
        return !tokens[position + 2].isSymbol(".") && !tokens[position + 2].isSymbol("[")
    }

    // MARK: - Members and primaries

    private mutating func member() throws(ExpressionError) -> SyntaxNode {
        var node = try primary()
        while true {
            if take(".") {
                node = try selection(from: node)
            } else if take("[") {
                let key = try expression()
                let span = node.span.through(try expect("]"))
                node = try make(.index(node, key), span, over: [node, key])
            } else {
                return node
            }
        }
    }

    /// What follows a point: a field, or a call.
    private mutating func selection(from node: SyntaxNode) throws(ExpressionError) -> SyntaxNode {
        let span = node.span.through(token.span)
        switch token.kind {
        case .identifier(let name):
            advance()
            if token.isSymbol("(") { return try call(name, receiver: node, from: node.span) }
            return try make(.select(node, field: name), span, over: [node])
        case .quotedName(let name):
            advance()
            return try make(.select(node, field: name), span, over: [node])
        default:
            throw unexpected("the name of a field")
        }
    }

    private mutating func primary() throws(ExpressionError) -> SyntaxNode {
        let start = token
        advance()
        switch start.kind {
        case .literal(let value):
            return try make(.literal(value), start.span)
        case .integer(let magnitude):
            return try integer(magnitude, isNegative: false, span: start.span)
        case .symbol("-"):
            return try negativeNumber(from: start.span)
        case .identifier(let name):
            guard !Self.reserved.contains(name) else {
                throw ExpressionError(.syntax, "\(name) is a reserved word", at: start.span)
            }
            guard token.isSymbol("(") else { return try make(.identifier(name), start.span) }
            return try call(name, receiver: nil, from: start.span)
        case .symbol("("):
            let node = try expression()
            _ = try expect(")")
            return node
        case .symbol("["):
            return try list(from: start.span)
        case .symbol("{"):
            return try map(from: start.span)
        case .symbol, .quotedName, .end:
            position = start.isEnd ? position : max(0, position - 1)
            throw unexpected("a value")
        }
    }

    private mutating func negativeNumber(from sign: SourceSpan) throws(ExpressionError) -> SyntaxNode {
        let number = token
        let span = sign.through(number.span)
        switch number.kind {
        case .integer(let magnitude):
            advance()
            return try integer(magnitude, isNegative: true, span: span)
        case .literal(.double(let value)):
            advance()
            return try make(.literal(.double(-value)), span)
        default:
            throw unexpected("a number")
        }
    }

    private mutating func integer(
        _ magnitude: UInt64,
        isNegative: Bool,
        span: SourceSpan
    ) throws(ExpressionError) -> SyntaxNode {
        let value =
            isNegative
            ? Int64(exactly: magnitude).map { -$0 } ?? (magnitude == Int64.min.magnitude ? .min : nil)
            : Int64(exactly: magnitude)
        guard let value else {
            throw ExpressionError(.syntax, "the number does not fit an int of 64 bits", at: span)
        }
        return try make(.literal(.int(value)), span)
    }

    private mutating func call(
        _ name: String,
        receiver: SyntaxNode?,
        from start: SourceSpan
    ) throws(ExpressionError) -> SyntaxNode {
        _ = try expect("(")
        let (arguments, end) = try elements(until: ")", mayTrail: false)
        return try make(
            .call(name, receiver: receiver, arguments: arguments),
            start.through(end),
            over: arguments + (receiver.map { [$0] } ?? [])
        )
    }

    private mutating func list(from start: SourceSpan) throws(ExpressionError) -> SyntaxNode {
        let (elements, end) = try elements(until: "]", mayTrail: true)
        return try make(.list(elements), start.through(end), over: elements)
    }

    private mutating func map(from start: SourceSpan) throws(ExpressionError) -> SyntaxNode {
        var entries: [(key: SyntaxNode, value: SyntaxNode)] = []
        while !token.isSymbol("}") {
            let key = try expression()
            _ = try expect(":")
            entries.append((key, try expression()))
            guard take(",") else { break }
        }
        let span = start.through(try expect("}"))
        return try make(.map(entries), span, over: entries.flatMap { [$0.key, $0.value] })
    }

    /// Expressions between commas, and the place of the bracket behind them.
    private mutating func elements(
        until closing: String,
        mayTrail: Bool
    ) throws(ExpressionError) -> (elements: [SyntaxNode], end: SourceSpan) {
        var elements: [SyntaxNode] = []
        if !token.isSymbol(closing) {
            repeat {
                if mayTrail, !elements.isEmpty, token.isSymbol(closing) { break }
                elements.append(try expression())
            } while take(",")
        }
        return (elements, try expect(closing))
    }
}
