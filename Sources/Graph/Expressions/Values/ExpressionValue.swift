// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// A value of the expression language, of the types of CEL.
package enum ExpressionValue: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    /// Nanoseconds.
    case duration(Int64)
    case timestamp(Timestamp)
    case list([ExpressionValue])
    /// Keys are unlike each other, in the order they were written.
    case map([ExpressionEntry])

    /// The type of the value; lists and maps do not tell what is in them.
    package var type: ExpressionType {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .duration: .duration
        case .timestamp: .timestamp
        case .list: .list(.dyn)
        case .map: .map(.dyn, .dyn)
        }
    }
}

/// A key of a map with its value.
package struct ExpressionEntry: Sendable {
    package let key: ExpressionValue
    package let value: ExpressionValue

    package init(key: ExpressionValue, value: ExpressionValue) {
        self.key = key
        self.value = value
    }
}

extension ExpressionValue: CustomStringConvertible {
    /// The value as an expression that makes it.
    package var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .uint(let value): "\(value)u"
        case .double(let value): value.isFinite ? String(value) : "double(\"\(value)\")"
        case .string(let value): "\"" + value.unicodeScalars.map(Self.escaped).joined() + "\""
        case .bytes(let value): "b\"" + value.map(Self.escaped).joined() + "\""
        case .duration(let value): "duration(\"\(CELDuration.text(nanoseconds: value))\")"
        case .timestamp(let value): "timestamp(\"\(value)\")"
        case .list(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
        case .map(let entries):
            "{" + entries.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        }
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": "\\\""
        case "\\": "\\\\"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default:
            scalar.value < 0x20 || scalar.value == 0x7F ? "\\u00" + hexadecimal(scalar.value) : String(scalar)
        }
    }

    private static func escaped(_ byte: UInt8) -> String {
        (0x20...0x7E).contains(byte) && byte != 0x22 && byte != 0x5C
            ? String(Unicode.Scalar(byte)) : "\\x" + hexadecimal(UInt32(byte))
    }

    private static func hexadecimal(_ value: UInt32) -> String {
        (value < 0x10 ? "0" : "") + String(value, radix: 16)
    }
}
