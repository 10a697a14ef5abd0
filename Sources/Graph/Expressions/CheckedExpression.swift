// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// An expression whose names and types fit the fields of one kind of subject.
///
/// The language is the subset of CEL that `docs/formats/expressions.md` describes.
package struct CheckedExpression<Subject>: Sendable {
    /// As it was written.
    package let text: String
    /// As it was understood: every operator within another in parentheses, no space or comment
    /// that says nothing.
    package let canonicalText: String
    package let type: ExpressionType
    private let program: ProgramNode<Subject>

    /// Reads and checks an expression.
    ///
    /// - Parameters:
    ///   - text: The expression.
    ///   - schema: The fields it can read.
    ///   - wanted: The type of its value.
    /// - Throws: `ExpressionError` with the place of the first mistake.
    package init(
        _ text: String,
        schema: ExpressionSchema<Subject>,
        wanted: ExpressionType = .dyn
    ) throws(ExpressionError) {
        let syntax = try Parser.parse(text)
        var checker = Checker(schema)
        program = try checker.check(syntax)
        guard program.type.matches(wanted) else {
            throw ExpressionError(
                .type,
                "the expression is a \(program.type), not a \(wanted)",
                at: program.span,
                hint: wanted == .bool ? "compare it with something" : nil
            )
        }
        self.text = text
        canonicalText = syntax.description
        type = program.type
    }

    /// What became of one evaluation.
    package enum Outcome: Sendable {
        case value(ExpressionValue)
        /// A field, or a key of a map, that has no value was read: which.
        case absent(String)
        /// There is no value for another reason, such as a division by zero.
        case failed(String, SourceSpan)
    }

    /// Finds the value for one subject.
    ///
    /// - Parameters:
    ///   - subject: What the fields are read from.
    ///   - steps: Taken by the evaluation are added.
    /// - Returns: The value, or why there is none.
    /// - Throws: `ExpressionError` of kind `limit` after `ExpressionLimits.maximumSteps`.
    package func evaluate(
        _ subject: Subject,
        steps: inout Int
    ) throws(ExpressionError) -> Outcome {
        var evaluator = Evaluator(subject, steps: ExpressionLimits.maximumSteps)
        defer { steps += ExpressionLimits.maximumSteps - max(0, evaluator.steps) }
        do {
            return .value(try evaluator.value(of: program))
        } catch {
            switch error {
            case .absent(let path): return .absent(path)
            case .failed(let message, let span): return .failed(message, span)
            case .exhausted:
                throw ExpressionError(
                    .limit,
                    "the expression takes more than \(ExpressionLimits.maximumSteps) steps",
                    at: program.span
                )
            }
        }
    }
}
