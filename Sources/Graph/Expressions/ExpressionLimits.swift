// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What an expression may cost; whatever is beyond is refused with one line.
package enum ExpressionLimits {
    /// Bytes of an expression's text.
    package static let maximumSourceBytes = 8_192
    /// Values, operators and calls in one expression.
    package static let maximumNodes = 2_048
    /// How deep they are nested; also parentheses around one of them.
    package static let maximumDepth = 64
    /// Comprehensions (`all`, `exists`, `map`...) within one another.
    package static let maximumComprehensionDepth = 4
    /// Steps of one evaluation: one for each operator, call and field, and for every eight bytes
    /// of text or elements that one of them looks at.
    package static let maximumSteps = 10_000
    /// Steps of one expression for all edges of a graph together.
    package static let maximumStepsOfView = 50_000_000
    /// Bytes of the pattern of `matches`.
    package static let maximumPatternBytes = 1_024
    /// Patterns in one expression.
    package static let maximumPatterns = 16
    /// Bytes that the program and the automata of one pattern may take.
    package static let maximumPatternMemory = 1_048_576
}
