// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// How one value stands to another.
enum ValueOrder {
    case less
    case equal
    case greater
    /// One of them is not a number.
    case unordered
}

extension ExpressionValue {
    /// Equality of CEL: of numbers by what they are worth, of text by code points, and `false` for
    /// values of unlike types.
    static func areEqual(_ left: ExpressionValue, _ right: ExpressionValue) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.list(let mine), .list(let theirs)):
            return mine.count == theirs.count && zip(mine, theirs).allSatisfy(areEqual)
        case (.map(let mine), .map(let theirs)):
            return mine.count == theirs.count
                && mine.allSatisfy { entry in
                    theirs.value(of: entry.key).map { areEqual(entry.value, $0) } ?? false
                }
        default:
            return order(left, right) == .equal
        }
    }

    /// The order of two values; `nil` where their types have none.
    static func order(_ left: ExpressionValue, _ right: ExpressionValue) -> ValueOrder? {
        switch (left, right) {
        case (.bool(let mine), .bool(let theirs)): ordered(mine ? 1 : 0, theirs ? 1 : 0)
        case (.int(let mine), .int(let theirs)): ordered(mine, theirs)
        case (.uint(let mine), .uint(let theirs)): ordered(mine, theirs)
        case (.int(let mine), .uint(let theirs)): integers(mine, theirs)
        case (.uint(let mine), .int(let theirs)): integers(mine, theirs)
        case (.double(let mine), .double(let theirs)): doubles(mine, theirs)
        case (.double(let mine), .int(let theirs)): number(mine, theirs)
        case (.double(let mine), .uint(let theirs)): number(mine, theirs)
        case (.int(let mine), .double(let theirs)): reversed(number(theirs, mine))
        case (.uint(let mine), .double(let theirs)): reversed(number(theirs, mine))
        case (.string(let mine), .string(let theirs)): bytes(mine.utf8, theirs.utf8)
        case (.bytes(let mine), .bytes(let theirs)): bytes(mine, theirs)
        case (.duration(let mine), .duration(let theirs)): ordered(mine, theirs)
        case (.timestamp(let mine), .timestamp(let theirs)): ordered(mine.nanoseconds, theirs.nanoseconds)
        default: nil
        }
    }

    private static func ordered<Value: Comparable>(_ left: Value, _ right: Value) -> ValueOrder {
        left < right ? .less : left == right ? .equal : .greater
    }

    private static func integers(
        _ left: some BinaryInteger,
        _ right: some BinaryInteger
    ) -> ValueOrder {
        left < right ? .less : left == right ? .equal : .greater
    }

    private static func doubles(_ left: Double, _ right: Double) -> ValueOrder {
        left.isNaN || right.isNaN ? .unordered : ordered(left, right)
    }

    /// A double and an integer, which is rounded to a double, as CEL has it.
    private static func number<Whole: FixedWidthInteger>(_ left: Double, _ right: Whole) -> ValueOrder {
        doubles(left, Double(right))
    }

    private static func reversed(_ order: ValueOrder) -> ValueOrder {
        switch order {
        case .less: .greater
        case .greater: .less
        case .equal, .unordered: order
        }
    }

    /// UTF-8 has the order of the code points.
    private static func bytes<Bytes: Sequence<UInt8>>(_ left: Bytes, _ right: Bytes) -> ValueOrder {
        if left.lexicographicallyPrecedes(right) { return .less }
        return left.elementsEqual(right) ? .equal : .greater
    }
}

extension [ExpressionEntry] {
    /// The value of a key; `nil` where there is none.
    func value(of key: ExpressionValue) -> ExpressionValue? {
        first { ExpressionValue.areEqual($0.key, key) }?.value
    }
}
