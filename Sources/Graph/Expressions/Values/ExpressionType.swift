// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A type of the expression language.
package indirect enum ExpressionType: Hashable, Sendable {
    case null
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case duration
    case timestamp
    case list(ExpressionType)
    case map(ExpressionType, ExpressionType)
    /// Known only when it is evaluated.
    case dyn

    /// Whether a value of one type may stand where the other is wanted.
    func matches(_ other: ExpressionType) -> Bool {
        switch (self, other) {
        case (.dyn, _), (_, .dyn): true
        case (.list(let mine), .list(let theirs)): mine.matches(theirs)
        case (.map(let key, let value), .map(let other, let another)):
            key.matches(other) && value.matches(another)
        default: self == other
        }
    }

    var isNumber: Bool {
        switch self {
        case .int, .uint, .double: true
        default: false
        }
    }

    /// Whether `<` puts values of the type in order.
    var isOrdered: Bool {
        switch self {
        case .null, .list, .map: false
        case .bool, .int, .uint, .double, .string, .bytes, .duration, .timestamp, .dyn: true
        }
    }
}

extension ExpressionType: CustomStringConvertible {
    package var description: String {
        switch self {
        case .null: "null"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .duration: "duration"
        case .timestamp: "timestamp"
        case .list(let element): "list(\(element))"
        case .map(let key, let value): "map(\(key), \(value))"
        case .dyn: "dyn"
        }
    }
}
