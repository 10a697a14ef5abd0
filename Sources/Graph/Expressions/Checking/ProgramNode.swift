// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A part of an expression whose names and types have been checked.
struct ProgramNode<Subject>: Sendable {
    indirect enum Operation: Sendable {
        case constant(ExpressionValue)
        case field(ExpressionField<Subject>)
        case hasField(ExpressionField<Subject>)
        /// The variable of a comprehension, counted from the outermost.
        case variable(Int)
        case not(ProgramNode)
        case negate(ProgramNode)
        case binary(BinaryOperator, ProgramNode, ProgramNode)
        case logical(LogicalOperator, [ProgramNode])
        case conditional(ProgramNode, then: ProgramNode, otherwise: ProgramNode)
        case index(ProgramNode, ProgramNode)
        case hasKey(ProgramNode, String)
        case list([ProgramNode])
        case map([(key: ProgramNode, value: ProgramNode)])
        case call(Builtin, [ProgramNode])
        case matches(ProgramNode, RE2Pattern)
        case comprehension(Comprehension, over: ProgramNode, body: ProgramNode, transform: ProgramNode?)
    }

    let operation: Operation
    let type: ExpressionType
    let span: SourceSpan
}
