// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension SyntaxNode: CustomStringConvertible {
    /// The expression as text that is read as the same expression; operators are in parentheses
    /// wherever they are part of something.
    var description: String {
        switch kind {
        case .literal(let value): value.description
        case .identifier(let name): name
        case .select(let operand, let field):
            operand.asOperand + "."
                + (field.unicodeScalars.allSatisfy(\.isIdentifierPart) ? field : "`\(field)`")
        case .index(let operand, let key): "\(operand.asOperand)[\(key)]"
        case .call(let name, let receiver, let arguments):
            (receiver.map { $0.asOperand + "." } ?? "") + name + "(\(Self.list(arguments)))"
        case .not(let operand): "!" + operand.asOperand
        case .negate(let operand): "-" + operand.asOperand
        case .binary(let operation, let left, let right):
            "\(left.asOperand) \(operation.rawValue) \(right.asOperand)"
        case .logical(let operation, let operands):
            operands.map(\.asOperand).joined(separator: " \(operation.rawValue) ")
        case .conditional(let condition, let then, let otherwise):
            "\(condition.asOperand) ? \(then.asOperand) : \(otherwise.asOperand)"
        case .list(let elements): "[\(Self.list(elements))]"
        case .map(let entries): "{" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }

    private static func list(_ nodes: [SyntaxNode]) -> String {
        nodes.map(\.description).joined(separator: ", ")
    }

    private var asOperand: String {
        switch kind {
        case .literal(.int), .literal(.double), .not, .negate, .binary, .logical, .conditional:
            "(\(description))"
        case .literal, .identifier, .select, .index, .call, .list, .map:
            description
        }
    }
}
