// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Finds what the names of an expression stand for, and whether its types go together.
struct Checker<Subject> {
    typealias Node = ProgramNode<Subject>

    let schema: ExpressionSchema<Subject>
    /// Variables of the comprehensions that enclose what is being checked.
    var scope: [(name: String, type: ExpressionType)] = []
    private var patterns = 0

    init(_ schema: ExpressionSchema<Subject>) {
        self.schema = schema
    }

    /// Checks a part of an expression.
    ///
    /// - Throws: `ExpressionError` with the place of what is wrong.
    mutating func check(_ node: SyntaxNode) throws(ExpressionError) -> Node {
        switch node.kind {
        case .literal(let value):
            return Node(operation: .constant(value), type: value.type, span: node.span)
        case .identifier, .select:
            return try name(node)
        case .index(let operand, let key):
            return try index(check(operand), check(key), node.span)
        case .call(let name, let receiver, let arguments):
            return try call(name, receiver, arguments, node)
        case .not(let operand):
            return Node(operation: .not(try boolean(operand, of: "!")), type: .bool, span: node.span)
        case .negate(let operand):
            let operand = try check(operand)
            guard [.int, .double, .dyn].contains(operand.type) else {
                throw ExpressionError(
                    .type,
                    "- takes an int or a double, not \(operand.type)",
                    at: operand.span
                )
            }
            return Node(operation: .negate(operand), type: operand.type, span: node.span)
        case .binary(let operation, let left, let right):
            return try binary(operation, check(left), check(right), node.span)
        case .logical(let operation, let operands):
            var checked: [Node] = []
            for operand in operands { checked.append(try boolean(operand, of: operation.rawValue)) }
            return Node(operation: .logical(operation, checked), type: .bool, span: node.span)
        case .conditional(let condition, let then, let otherwise):
            return try conditional(boolean(condition, of: "?"), check(then), check(otherwise), node.span)
        case .list(let elements):
            var checked: [Node] = []
            for element in elements { checked.append(try check(element)) }
            let type = Self.common(checked.map(\.type))
            return Node(operation: .list(checked), type: .list(type), span: node.span)
        case .map(let entries):
            return try map(entries, node.span)
        }
    }

    /// A part that must be a bool.
    mutating func boolean(_ node: SyntaxNode, of operation: String) throws(ExpressionError) -> Node {
        let checked = try check(node)
        guard checked.type.matches(.bool) else {
            throw ExpressionError(.type, "\(operation) takes a bool, not \(checked.type)", at: checked.span)
        }
        return checked
    }

    /// The type of elements of a list: one, or any.
    private static func common(_ types: [ExpressionType]) -> ExpressionType {
        guard let first = types.first, types.allSatisfy({ $0 == first }) else { return .dyn }
        return first
    }

    private func binary(
        _ operation: BinaryOperator,
        _ left: Node,
        _ right: Node,
        _ span: SourceSpan
    ) throws(ExpressionError) -> Node {
        guard let type = operation.result(of: left.type, right.type) else {
            throw ExpressionError(
                .type,
                "\(operation.rawValue) does not take \(left.type) and \(right.type)",
                at: span,
                hint: Self.hint(for: operation, left, right)
            )
        }
        if [.equal, .notEqual, .in].contains(operation) {
            try requireKnownValue(of: left, right)
            if operation != .in { try requireKnownValue(of: right, left) }
        }
        return Node(operation: .binary(operation, left, right), type: type, span: span)
    }

    /// A field compared with a string that it never takes would be a silent `false`.
    private func requireKnownValue(of field: Node, _ other: Node) throws(ExpressionError) {
        guard case .field(let field) = field.operation, !field.values.isEmpty else { return }
        var constants = [other]
        if case .list(let elements) = other.operation { constants = elements }
        for constant in constants {
            guard case .constant(.string(let value)) = constant.operation, !field.values.contains(value)
            else {
                continue
            }
            throw ExpressionError(
                .unknownName,
                "\(field.path) is never \(ExpressionValue.string(value))",
                at: constant.span,
                hint: "it is one of \(field.values.joined(separator: ", "))"
            )
        }
    }

    private static func hint(for operation: BinaryOperator, _ left: Node, _ right: Node) -> String? {
        let types = [left.type, right.type]
        if types.contains(.null) { return "whether a field has a value is has(FIELD)" }
        if types.contains(.duration), types.contains(where: \.isNumber) || types.contains(.string) {
            return "a duration is written duration(\"250ms\")"
        }
        if types.contains(.timestamp), types.contains(.string) {
            return "a time is written timestamp(\"2026-01-31T12:00:00Z\")"
        }
        guard types.allSatisfy(\.isNumber) else { return nil }
        for (node, other) in [(left, right.type), (right, left.type)] {
            switch (node.operation, other) {
            case (.constant(.int(let value)), .double): return "write \(value).0"
            case (.constant(.int(let value)), .uint): return "write \(value)u"
            case (.constant(.uint(let value)), .int): return "write \(value)"
            default: break
            }
        }
        return "convert one of them with int(), uint() or double()"
    }

    private func conditional(
        _ condition: Node,
        _ then: Node,
        _ otherwise: Node,
        _ span: SourceSpan
    ) throws(ExpressionError) -> Node {
        guard then.type.matches(otherwise.type) else {
            throw ExpressionError(
                .type,
                "both answers of ?: have one type, not \(then.type) and \(otherwise.type)",
                at: span
            )
        }
        let type = then.type == otherwise.type ? then.type : .dyn
        return Node(
            operation: .conditional(condition, then: then, otherwise: otherwise),
            type: type,
            span: span
        )
    }

    private func index(_ operand: Node, _ key: Node, _ span: SourceSpan) throws(ExpressionError) -> Node {
        let result: ExpressionType?
        switch operand.type {
        case .list(let element): result = key.type.matches(.int) ? element : nil
        case .map(let keys, let value): result = key.type.matches(keys) ? value : nil
        case .dyn: result = .dyn
        default: result = nil
        }
        guard let result else {
            throw ExpressionError(.type, "\(operand.type) has no element by \(key.type)", at: span)
        }
        return Node(operation: .index(operand, key), type: result, span: span)
    }

    private mutating func map(
        _ entries: [(key: SyntaxNode, value: SyntaxNode)],
        _ span: SourceSpan
    ) throws(ExpressionError) -> Node {
        var checked: [(key: Node, value: Node)] = []
        for entry in entries {
            let key = try check(entry.key)
            guard [.bool, .int, .uint, .string, .dyn].contains(key.type) else {
                throw ExpressionError(.type, "\(key.type) cannot be the key of a map", at: key.span)
            }
            checked.append((key, try check(entry.value)))
        }
        return Node(
            operation: .map(checked),
            type: .map(Self.common(checked.map(\.key.type)), Self.common(checked.map(\.value.type))),
            span: span
        )
    }

    /// Compiles the pattern of `matches`, which has to be known before any edge is.
    mutating func pattern(_ node: SyntaxNode) throws(ExpressionError) -> RE2Pattern {
        guard case .literal(.string(let text)) = node.kind else {
            throw ExpressionError(.type, "the pattern of matches is written as a string", at: node.span)
        }
        patterns += 1
        guard patterns <= ExpressionLimits.maximumPatterns else {
            throw ExpressionError(
                .limit,
                "the expression has more than \(ExpressionLimits.maximumPatterns) patterns",
                at: node.span
            )
        }
        do {
            return try RE2Pattern(text)
        } catch {
            switch error.kind {
            case .tooLong:
                let limit = ExpressionLimits.maximumPatternBytes
                throw ExpressionError(.limit, "the pattern is longer than \(limit) bytes", at: node.span)
            case .malformed(let reason):
                throw ExpressionError(.syntax, "the pattern cannot be used: \(reason)", at: node.span)
            }
        }
    }
}
