// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Calls of functions and macros.
extension Checker {
    mutating func call(
        _ name: String,
        _ receiver: SyntaxNode?,
        _ arguments: [SyntaxNode],
        _ node: SyntaxNode
    ) throws(ExpressionError) -> Node {
        if receiver == nil, name == "has" { return try has(arguments, node.span) }
        if let receiver, let macro = Comprehension(rawValue: name) {
            return try comprehension(macro, receiver, arguments, node.span)
        }
        let operands = (receiver.map { [$0] } ?? []) + arguments
        if name == "matches" { return try matches(operands, node.span) }
        guard let builtin = Builtin(rawValue: name) else {
            throw ExpressionError(
                .unknownName,
                "there is no function \(name)",
                at: node.span,
                hint: Self.hint(forFunction: name)
            )
        }
        let overloads = builtin.overloads(receiver == nil ? .plain : .receiver)
        guard !overloads.isEmpty else {
            throw ExpressionError(
                .type,
                receiver == nil ? "\(name) is called on a value" : "\(name) is not called on a value",
                at: node.span,
                hint: receiver == nil ? "write VALUE.\(name)(...)" : "write \(name)(VALUE)"
            )
        }
        var checked: [Node] = []
        for operand in operands { checked.append(try check(operand)) }
        let types = checked.map(\.type)
        let fitting = overloads.filter { overload in
            overload.parameters.count == types.count
                && zip(types, overload.parameters).allSatisfy { $0.matches($1) }
        }
        guard let first = fitting.first else {
            let given = types.isEmpty ? "nothing" : types.map(\.description).joined(separator: ", ")
            throw ExpressionError(.type, "\(name) does not take \(given)", at: node.span)
        }
        return try constant(builtin, checked, first.result, node.span)
    }

    /// A call; one that makes a duration or a time of a literal is made now, and wrong text told now.
    private func constant(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ type: ExpressionType,
        _ span: SourceSpan
    ) throws(ExpressionError) -> Node {
        guard builtin == .duration || builtin == .timestamp,
            case .constant(.string(let text)) = arguments[0].operation
        else { return Node(operation: .call(builtin, arguments), type: type, span: span) }
        do {
            let value = try Conversion.convert(.string(text), with: builtin)
            return Node(operation: .constant(value), type: type, span: span)
        } catch {
            let example = builtin == .duration ? "250ms, 1.5s or 1h30m" : "2026-01-31T12:00:00Z"
            throw ExpressionError(
                .type,
                "\(error.message)",
                at: arguments[0].span,
                hint: "write it as \(example)"
            )
        }
    }

    private mutating func matches(
        _ operands: [SyntaxNode],
        _ span: SourceSpan
    ) throws(ExpressionError) -> Node {
        guard operands.count == 2 else {
            throw ExpressionError(.type, "matches takes a string and a pattern", at: span)
        }
        let text = try check(operands[0])
        guard text.type.matches(.string) else {
            throw ExpressionError(.type, "matches takes a string, not \(text.type)", at: text.span)
        }
        return Node(operation: .matches(text, try pattern(operands[1])), type: .bool, span: span)
    }

    private mutating func comprehension(
        _ macro: Comprehension,
        _ range: SyntaxNode,
        _ arguments: [SyntaxNode],
        _ span: SourceSpan
    ) throws(ExpressionError) -> Node {
        let counts = macro == .map ? 2...3 : 2...2
        guard counts.contains(arguments.count), case .identifier(let variable) = arguments[0].kind else {
            throw ExpressionError(
                .type,
                "\(macro.rawValue) takes a name for the element and an expression",
                at: span,
                hint: "as in client.addresses.exists(a, a.startsWith(\"10.\"))"
            )
        }
        guard scope.count < ExpressionLimits.maximumComprehensionDepth else {
            let limit = ExpressionLimits.maximumComprehensionDepth
            throw ExpressionError(.limit, "comprehensions are nested deeper than \(limit)", at: span)
        }
        let range = try check(range)
        let element: ExpressionType
        switch range.type {
        case .list(let type): element = type
        case .map(let key, _): element = key
        case .dyn: element = .dyn
        default:
            throw ExpressionError(
                .type,
                "\(macro.rawValue) goes through a list, not \(range.type)",
                at: range.span
            )
        }
        scope.append((variable, element))
        defer { scope.removeLast() }
        let transforms = macro == .map
        let body =
            transforms && arguments.count == 2
            ? try check(arguments[1]) : try boolean(arguments[1], of: macro.rawValue)
        let transform = arguments.count == 3 ? try check(arguments[2]) : nil
        let type: ExpressionType =
            switch macro {
            case .all, .exists, .existsOne: .bool
            case .filter: .list(element)
            case .map: .list((transform ?? body).type)
            }
        return Node(
            operation: .comprehension(macro, over: range, body: body, transform: transform),
            type: type,
            span: span
        )
    }

    private static func hint(forFunction name: String) -> String? {
        let known =
            Builtin.allCases.map(\.rawValue) + Comprehension.allCases.map(\.rawValue) + ["has", "matches"]
        return known.first { $0.lowercased() == name.lowercased() }.map { "did you mean \($0)?" }
    }
}
