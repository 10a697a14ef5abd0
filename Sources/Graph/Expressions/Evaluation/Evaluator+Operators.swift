// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Comparison and arithmetic: an overflow is a failure, and no type turns into another.
extension Evaluator {
    static func apply(
        _ operation: BinaryOperator,
        _ left: ExpressionValue,
        _ right: ExpressionValue,
        _ span: SourceSpan
    ) throws(EvaluationFailure) -> ExpressionValue {
        switch operation {
        case .equal: return .bool(ExpressionValue.areEqual(left, right))
        case .notEqual: return .bool(!ExpressionValue.areEqual(left, right))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let order = ExpressionValue.order(left, right) else {
                throw .failed("\(operation.rawValue) does not take \(left.type) and \(right.type)", span)
            }
            return .bool(holds(operation, order))
        case .in: return .bool(try contains(right, left, span))
        case .add, .subtract, .multiply, .divide, .remainder:
            return try arithmetic(operation, left, right, span)
        }
    }

    private static func holds(_ operation: BinaryOperator, _ order: ValueOrder) -> Bool {
        switch order {
        case .less: operation == .less || operation == .lessOrEqual
        case .equal: operation == .lessOrEqual || operation == .greaterOrEqual
        case .greater: operation == .greater || operation == .greaterOrEqual
        case .unordered: false
        }
    }

    private static func contains(
        _ container: ExpressionValue,
        _ wanted: ExpressionValue,
        _ span: SourceSpan
    ) throws(EvaluationFailure) -> Bool {
        switch container {
        case .list(let values): values.contains { ExpressionValue.areEqual($0, wanted) }
        case .map(let entries): entries.value(of: wanted) != nil
        default: throw .failed("in takes a list or a map, not \(container.type)", span)
        }
    }

    private static func arithmetic(
        _ operation: BinaryOperator,
        _ left: ExpressionValue,
        _ right: ExpressionValue,
        _ span: SourceSpan
    ) throws(EvaluationFailure) -> ExpressionValue {
        switch (operation, left, right) {
        case (_, .int(let mine), .int(let theirs)):
            return .int(try integers(operation, mine, theirs, span))
        case (_, .uint(let mine), .uint(let theirs)):
            return .uint(try integers(operation, mine, theirs, span))
        case (.add, .double(let mine), .double(let theirs)): return .double(mine + theirs)
        case (.subtract, .double(let mine), .double(let theirs)): return .double(mine - theirs)
        case (.multiply, .double(let mine), .double(let theirs)): return .double(mine * theirs)
        case (.divide, .double(let mine), .double(let theirs)): return .double(mine / theirs)
        case (.add, .string(let mine), .string(let theirs)): return .string(mine + theirs)
        case (.add, .bytes(let mine), .bytes(let theirs)): return .bytes(mine + theirs)
        case (.add, .list(let mine), .list(let theirs)): return .list(mine + theirs)
        case (.add, .duration(let mine), .duration(let theirs)),
            (.subtract, .duration(let mine), .duration(let theirs)):
            return .duration(try integers(operation, mine, theirs, span))
        case (.add, .timestamp(let time), .duration(let step)),
            (.add, .duration(let step), .timestamp(let time)),
            (.subtract, .timestamp(let time), .duration(let step)):
            return .timestamp(Timestamp(nanoseconds: try integers(operation, time.nanoseconds, step, span)))
        case (.subtract, .timestamp(let mine), .timestamp(let theirs)):
            return .duration(try integers(operation, mine.nanoseconds, theirs.nanoseconds, span))
        default:
            throw .failed("\(operation.rawValue) does not take \(left.type) and \(right.type)", span)
        }
    }

    private static func integers<Whole: FixedWidthInteger>(
        _ operation: BinaryOperator,
        _ left: Whole,
        _ right: Whole,
        _ span: SourceSpan
    ) throws(EvaluationFailure) -> Whole {
        if right == 0, operation == .divide || operation == .remainder {
            throw .failed("division by zero", span)
        }
        let (result, overflow) =
            switch operation {
            case .add: left.addingReportingOverflow(right)
            case .subtract: left.subtractingReportingOverflow(right)
            case .multiply: left.multipliedReportingOverflow(by: right)
            case .divide: left.dividedReportingOverflow(by: right)
            default: left.remainderReportingOverflow(dividingBy: right)
            }
        guard !overflow else { throw .failed("the \(Whole.isSigned ? "int" : "uint") overflows", span) }
        return result
    }
}
