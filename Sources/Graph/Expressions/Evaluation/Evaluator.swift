// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Finds the value of an expression for one subject.
struct Evaluator<Subject> {
    typealias Node = ProgramNode<Subject>

    private let subject: Subject
    /// Steps that are left.
    private(set) var steps: Int
    private var variables: [ExpressionValue] = []

    init(_ subject: Subject, steps: Int) {
        self.subject = subject
        self.steps = steps
    }

    /// Pays for what is about to be done.
    mutating func charge(_ cost: Int) throws(EvaluationFailure) {
        steps -= cost
        guard steps >= 0 else { throw .exhausted }
    }

    mutating func value(of node: Node) throws(EvaluationFailure) -> ExpressionValue {
        try charge(1)
        switch node.operation {
        case .constant(let value):
            return value
        case .field(let field):
            guard let value = field.read(subject) else { throw .absent(field.path) }
            return value
        case .hasField(let field):
            return .bool(field.read(subject) != nil)
        case .variable(let slot):
            return variables[slot]
        case .not(let operand):
            return .bool(!(try bool(operand)))
        case .negate(let operand):
            return try negated(try value(of: operand), node.span)
        case .binary(let operation, let left, let right):
            let left = try value(of: left)
            let right = try value(of: right)
            try charge((left.size &+ right.size) / 8)
            return try Self.apply(operation, left, right, node.span)
        case .logical(let operation, let operands):
            return .bool(try logical(operation, operands))
        case .conditional(let condition, let then, let otherwise):
            return try bool(condition) ? try value(of: then) : try value(of: otherwise)
        case .index(let operand, let key):
            let container = try value(of: operand)
            let key = try value(of: key)
            return try element(key, of: container, node.span)
        case .hasKey(let operand, let name):
            let container = try value(of: operand)
            guard case .map(let entries) = container else {
                throw .failed("\(container.type) has no field \(name)", node.span)
            }
            try charge(entries.count / 8)
            return .bool(entries.value(of: .string(name)) != nil)
        case .list(let elements):
            var values: [ExpressionValue] = []
            for element in elements { values.append(try value(of: element)) }
            return .list(values)
        case .map(let entries):
            return try map(entries)
        case .call(let builtin, let arguments):
            return try call(builtin, arguments, node.span)
        case .matches(let text, let pattern):
            let subject = try value(of: text)
            guard case .string(let text) = subject else {
                throw .failed("matches takes a string, not \(subject.type)", node.span)
            }
            try charge(Self.searchCost(text.utf8.count, pattern.length))
            return .bool(pattern.matches(text))
        case .comprehension(let macro, let range, let body, let transform):
            return try comprehension(macro, elements(of: range), body, transform)
        }
    }

    /// What looking for so many bytes among so many others costs.
    static func searchCost(_ text: Int, _ pattern: Int) -> Int {
        let (product, overflow) = text.multipliedReportingOverflow(by: max(1, pattern))
        return overflow ? .max / 2 : product / 256 + text / 8
    }

    private mutating func bool(_ node: Node) throws(EvaluationFailure) -> Bool {
        let value = try value(of: node)
        guard case .bool(let answer) = value else {
            throw .failed("\(value.type) where a bool should be", node.span)
        }
        return answer
    }

    /// `&&` and `||` in any order: an operand that decides makes good what others fail at.
    private mutating func logical(
        _ operation: LogicalOperator,
        _ operands: [Node]
    ) throws(EvaluationFailure) -> Bool {
        var answers = AbsorbingAnswer(deciding: operation == .or)
        for operand in operands {
            if try answers.isDecided(by: { () throws(EvaluationFailure) in try bool(operand) }) { break }
        }
        return try answers.result()
    }

    private func negated(
        _ value: ExpressionValue,
        _ span: SourceSpan
    ) throws(EvaluationFailure) -> ExpressionValue {
        switch value {
        case .double(let number): return .double(-number)
        case .int(let number):
            let (result, overflow) = Int64(0).subtractingReportingOverflow(number)
            guard !overflow else { throw .failed("the int overflows", span) }
            return .int(result)
        default: throw .failed("- takes an int or a double, not \(value.type)", span)
        }
    }

    private mutating func map(
        _ entries: [(key: Node, value: Node)]
    ) throws(EvaluationFailure) -> ExpressionValue {
        var result: [ExpressionEntry] = []
        for entry in entries {
            let key = try value(of: entry.key)
            switch key {
            case .bool, .int, .uint, .string: break
            default: throw .failed("\(key.type) cannot be the key of a map", entry.key.span)
            }
            try charge(result.count / 8)
            guard result.value(of: key) == nil else {
                throw .failed("the key \(key) is there twice", entry.key.span)
            }
            result.append(ExpressionEntry(key: key, value: try value(of: entry.value)))
        }
        return .map(result)
    }

    private mutating func element(
        _ key: ExpressionValue,
        of container: ExpressionValue,
        _ span: SourceSpan
    ) throws(EvaluationFailure) -> ExpressionValue {
        switch container {
        case .list(let values):
            guard case .int(let position)? = try? Conversion.convert(key, with: .int),
                ExpressionValue.areEqual(.int(position), key)
            else { throw .failed("\(key) is no position in a list", span) }
            guard let index = Int(exactly: position), values.indices.contains(index) else {
                throw .absent("[\(position)]")
            }
            return values[index]
        case .map(let entries):
            try charge(entries.count / 8)
            guard let value = entries.value(of: key) else { throw .absent("the key \(key)") }
            return value
        default:
            throw .failed("\(container.type) has no elements", span)
        }
    }

    // MARK: - Comprehensions

    private mutating func elements(of range: Node) throws(EvaluationFailure) -> [ExpressionValue] {
        let value = try value(of: range)
        switch value {
        case .list(let values): return values
        case .map(let entries): return entries.map(\.key)
        default: throw .failed("\(value.type) has no elements", range.span)
        }
    }

    private mutating func comprehension(
        _ macro: Comprehension,
        _ elements: [ExpressionValue],
        _ body: Node,
        _ transform: Node?
    ) throws(EvaluationFailure) -> ExpressionValue {
        let slot = variables.count
        variables.append(.null)
        defer { variables.removeLast() }
        switch macro {
        case .all, .exists:
            var answers = AbsorbingAnswer(deciding: macro == .exists)
            for element in elements {
                variables[slot] = element
                if try answers.isDecided(by: { () throws(EvaluationFailure) in try bool(body) }) { break }
            }
            return .bool(try answers.result())
        case .existsOne:
            var count = 0
            for element in elements {
                variables[slot] = element
                if try bool(body) { count += 1 }
            }
            return .bool(count == 1)
        case .filter:
            var result: [ExpressionValue] = []
            for element in elements {
                variables[slot] = element
                if try bool(body) { result.append(element) }
            }
            return .list(result)
        case .map:
            var result: [ExpressionValue] = []
            for element in elements {
                variables[slot] = element
                if let transform {
                    if try bool(body) { result.append(try value(of: transform)) }
                } else {
                    result.append(try value(of: body))
                }
            }
            return .list(result)
        }
    }
}

/// The answer of `||` and `exists` (decided by `true`), or `&&` and `all` (decided by `false`).
private struct AbsorbingAnswer {
    private let deciding: Bool
    private var isDecided = false
    private var failure: EvaluationFailure?

    init(deciding: Bool) {
        self.deciding = deciding
    }

    /// Takes one answer into account, and tells whether no other matters.
    mutating func isDecided(
        by answer: () throws(EvaluationFailure) -> Bool
    ) throws(EvaluationFailure) -> Bool {
        do {
            isDecided = try answer() == deciding
        } catch {
            if case .exhausted = error { throw error }
            failure = failure ?? error
        }
        return isDecided
    }

    func result() throws(EvaluationFailure) -> Bool {
        if isDecided { return deciding }
        if let failure { throw failure }
        return !deciding
    }
}

extension ExpressionValue {
    /// Bytes of text, or elements: what looking at all of it costs.
    var size: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        case .list(let values): values.reduce(0) { $0 &+ 8 &+ $1.size }
        case .map(let entries): entries.reduce(0) { $0 &+ 8 &+ $1.key.size &+ $1.value.size }
        case .null, .bool, .int, .uint, .double, .duration, .timestamp: 0
        }
    }
}
