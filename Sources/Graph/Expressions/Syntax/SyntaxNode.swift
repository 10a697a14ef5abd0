// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A part of an expression as it was written.
struct SyntaxNode: Sendable {
    indirect enum Kind: Sendable {
        case literal(ExpressionValue)
        case identifier(String)
        case select(SyntaxNode, field: String)
        case index(SyntaxNode, SyntaxNode)
        case call(String, receiver: SyntaxNode?, arguments: [SyntaxNode])
        case not(SyntaxNode)
        case negate(SyntaxNode)
        case binary(BinaryOperator, SyntaxNode, SyntaxNode)
        /// Two or more operands of one `&&` or `||` chain.
        case logical(LogicalOperator, [SyntaxNode])
        case conditional(SyntaxNode, then: SyntaxNode, otherwise: SyntaxNode)
        case list([SyntaxNode])
        case map([(key: SyntaxNode, value: SyntaxNode)])
    }

    let kind: Kind
    let span: SourceSpan
    /// 1 for what has no parts.
    let depth: Int
}

/// `&&` or `||`.
enum LogicalOperator: String, Sendable {
    case and = "&&"
    case or = "||"
}

/// Operators of two operands that are both evaluated.
enum BinaryOperator: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case `in`
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"

    /// Greater binds tighter.
    var precedence: Int {
        switch self {
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .in: 1
        case .add, .subtract: 2
        case .multiply, .divide, .remainder: 3
        }
    }
}
