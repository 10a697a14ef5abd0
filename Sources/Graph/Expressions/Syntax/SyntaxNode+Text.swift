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

extension SyntaxNode: Equatable {
    /// Whether both say the same, wherever they stand and however they are written.
    static func == (left: SyntaxNode, right: SyntaxNode) -> Bool {
        switch (left.kind, right.kind) {
        case (.literal(let mine), .literal(let theirs)): mine.isIdentical(to: theirs)
        case (.identifier(let mine), .identifier(let theirs)): mine == theirs
        case (.select(let mine, let field), .select(let theirs, let other)): field == other && mine == theirs
        case (.index(let mine, let key), .index(let theirs, let other)): mine == theirs && key == other
        case (.call(let name, let receiver, let arguments), .call(let other, let target, let values)):
            name == other && receiver == target && arguments == values
        case (.not(let mine), .not(let theirs)), (.negate(let mine), .negate(let theirs)): mine == theirs
        case (.binary(let operation, let first, let second), .binary(let other, let third, let fourth)):
            operation == other && first == third && second == fourth
        case (.logical(let operation, let mine), .logical(let other, let theirs)):
            operation == other && mine == theirs
        case (.conditional(let first, let second, let third), .conditional(let one, let two, let three)):
            first == one && second == two && third == three
        case (.list(let mine), .list(let theirs)): mine == theirs
        case (.map(let mine), .map(let theirs)):
            mine.elementsEqual(theirs) { $0.key == $1.key && $0.value == $1.value }
        default: false
        }
    }
}
