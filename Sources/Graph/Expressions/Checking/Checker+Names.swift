// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What names stand for: a variable of a comprehension, a field, or the key of a map.
extension Checker {
    /// The names of a path that begins with a field, from the outside in.
    private func path(of node: SyntaxNode) -> String? {
        switch node.kind {
        case .identifier(let name): scope.contains { $0.name == name } ? nil : name
        // A point within backticks is part of a key.
        case .select(let operand, let field):
            field.contains(".") ? nil : path(of: operand).map { $0 + "." + field }
        default: nil
        }
    }

    mutating func name(_ node: SyntaxNode) throws(ExpressionError) -> Node {
        if let path = path(of: node) {
            if let field = schema.field(path) {
                return Node(operation: .field(field), type: field.type, span: node.span)
            }
            if schema.isGroup(path) {
                throw ExpressionError(
                    .type,
                    "\(path) is not a value",
                    at: node.span,
                    hint: "name one of its fields: \(schema.names(below: path).joined(separator: ", "))"
                )
            }
        }
        switch node.kind {
        case .identifier(let name):
            if let slot = scope.lastIndex(where: { $0.name == name }) {
                return Node(operation: .variable(slot), type: scope[slot].type, span: node.span)
            }
            throw unknown(name, node.span)
        case .select(let operand, let field):
            if let path = path(of: operand), !schema.hasField(above: path) {
                throw unknown(path + "." + field, node.span)
            }
            let operand = try check(operand)
            let type = try self.type(ofKey: field, in: operand, node.span)
            let key = Node(operation: .constant(.string(field)), type: .string, span: node.span)
            return Node(operation: .index(operand, key), type: type, span: node.span)
        default:
            return try check(node)
        }
    }

    /// The type of what a point and a name stand for behind a value: the key of a map.
    private func type(
        ofKey name: String,
        in operand: Node,
        _ span: SourceSpan
    ) throws(ExpressionError) -> ExpressionType {
        switch operand.type {
        case .map(let key, let value) where key.matches(.string): return value
        case .dyn: return .dyn
        default:
            throw ExpressionError(.type, "\(operand.type) has no field \(name)", at: span)
        }
    }

    private func unknown(_ path: String, _ span: SourceSpan) -> ExpressionError {
        let names = schema.names(below: "").joined(separator: ", ")
        return ExpressionError(
            .unknownName,
            "there is no field \(path)",
            at: span,
            hint: schema.nearest(to: path).map { "did you mean \($0)?" }
                ?? (path.contains(".") ? nil : "fields begin with \(names)")
        )
    }

    /// `has(a.b)`: whether a field, or a key of a map, has a value.
    mutating func has(_ arguments: [SyntaxNode], _ span: SourceSpan) throws(ExpressionError) -> Node {
        guard arguments.count == 1, case .select(let operand, let name) = arguments[0].kind else {
            throw ExpressionError(.type, "has takes one field, as in has(edge.errorRate)", at: span)
        }
        if let path = path(of: arguments[0]), let field = schema.field(path) {
            return Node(operation: .hasField(field), type: .bool, span: span)
        }
        // Whatever is wrong with the path is said as it is without `has`.
        _ = try self.name(arguments[0])
        return Node(operation: .hasKey(try check(operand), name), type: .bool, span: span)
    }
}
