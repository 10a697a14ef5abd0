// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A word of an expression.
struct Token {
    enum Kind {
        case identifier(String)
        /// A name in backticks, which may only follow a point.
        case quotedName(String)
        case literal(ExpressionValue)
        /// A whole number without `u`; its sign stands before it, and the least `Int64` has a
        /// magnitude that no `Int64` has.
        case integer(magnitude: UInt64)
        /// An operator or a bracket.
        case symbol(String)
        case end
    }

    let kind: Kind
    let span: SourceSpan

    func isSymbol(_ wanted: String) -> Bool {
        if case .symbol(let symbol) = kind { symbol == wanted } else { false }
    }

    var isEnd: Bool {
        if case .end = kind { true } else { false }
    }
}
