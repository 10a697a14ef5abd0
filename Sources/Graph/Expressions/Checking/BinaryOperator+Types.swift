// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension BinaryOperator {
    /// The type of the result for operands of these types; `nil` where they do not go together.
    ///
    /// Numbers of unlike types can be put in order, as in CEL; they are not equal, added or
    /// multiplied without a conversion.
    func result(of left: ExpressionType, _ right: ExpressionType) -> ExpressionType? {
        switch self {
        case .equal, .notEqual:
            return left.matches(right) ? .bool : nil
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard left.isOrdered, right.isOrdered else { return nil }
            return left.matches(right) || left.isNumber && right.isNumber ? .bool : nil
        case .in:
            switch right {
            case .list(let element): return left.matches(element) ? .bool : nil
            case .map(let key, _): return left.matches(key) ? .bool : nil
            case .dyn: return .bool
            default: return nil
            }
        case .add, .subtract, .multiply, .divide, .remainder:
            if left == .dyn || right == .dyn { return .dyn }
            return arithmetic(left, right)
        }
    }

    private func arithmetic(_ left: ExpressionType, _ right: ExpressionType) -> ExpressionType? {
        switch (self, left, right) {
        case (.add, .timestamp, .duration), (.add, .duration, .timestamp), (.subtract, .timestamp, .duration):
            .timestamp
        case (.subtract, .timestamp, .timestamp), (.add, .duration, .duration),
            (.subtract, .duration, .duration):
            .duration
        case (.add, .string, .string), (.add, .bytes, .bytes): left
        case (.add, .list(let mine), .list(let theirs)):
            mine.matches(theirs) ? .list(mine == .dyn ? mine : theirs) : nil
        case (_, .int, .int), (_, .uint, .uint): left
        case (.add, .double, .double), (.subtract, .double, .double), (.multiply, .double, .double),
            (.divide, .double, .double):
            .double
        default: nil
        }
    }
}
