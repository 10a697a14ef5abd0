// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// An expression that tells which edges to keep.
package struct EdgeFilter: Hashable, Sendable {
    private let expression: CheckedExpression<EdgeSubject>

    /// As it was written.
    package var text: String { expression.text }

    /// Reads an expression about an edge.
    ///
    /// - Parameter text: A bool of `ExpressionSchema.edges`, such as `edge.errorRate > 0.01`.
    /// - Throws: `ExpressionError` with the place of the first mistake.
    package init(_ text: String) throws(ExpressionError) {
        expression = try CheckedExpression(text, schema: .edges, wanted: .bool)
    }

    /// What the expression says of one edge.
    enum Verdict {
        case matches
        case doesNotMatch
        case absent
        case failed
    }

    func verdict(on subject: EdgeSubject, steps: inout Int) throws(ExpressionError) -> Verdict {
        switch try expression.evaluate(subject, steps: &steps) {
        case .value(.bool(let answer)): answer ? .matches : .doesNotMatch
        case .value, .failed: .failed
        case .absent: .absent
        }
    }

    /// Filters are equal that were understood alike, however they were written.
    package static func == (left: EdgeFilter, right: EdgeFilter) -> Bool {
        left.expression.canonicalText.utf8.elementsEqual(right.expression.canonicalText.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in expression.canonicalText.utf8 { hasher.combine(byte) }
    }
}
