// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Functions of the language, but for the macros and `matches`.
enum Builtin: String, CaseIterable, Sendable {
    case size
    case contains
    case startsWith
    case endsWith
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case duration
    case timestamp
    case dyn
    case getFullYear
    case getMonth
    case getDate
    case getDayOfMonth
    case getDayOfWeek
    case getDayOfYear
    case getHours
    case getMinutes
    case getSeconds
    case getMilliseconds

    /// One form of a function: the types it takes and the one it gives.
    struct Overload {
        /// With the receiver first, if it has one.
        let parameters: [ExpressionType]
        let result: ExpressionType
    }

    /// How a function is called.
    enum Form {
        case receiver
        case plain
    }

    /// The forms of a function when it is called that way; none where it cannot be.
    func overloads(_ form: Form) -> [Overload] {
        switch (self, form) {
        case (.size, _):
            Self.from([.string, .bytes, .list(.dyn), .map(.dyn, .dyn)], to: .int)
        case (.contains, .receiver), (.startsWith, .receiver), (.endsWith, .receiver):
            [Overload(parameters: [.string, .string], result: .bool)]
        case (.bool, .plain): Self.from([.bool, .string], to: .bool)
        case (.int, .plain): Self.from([.int, .uint, .double, .string, .timestamp], to: .int)
        case (.uint, .plain): Self.from([.uint, .int, .double, .string], to: .uint)
        case (.double, .plain): Self.from([.double, .int, .uint, .string], to: .double)
        case (.string, .plain):
            Self.from(
                [.string, .bool, .int, .uint, .double, .bytes, .timestamp, .duration],
                to: .string
            )
        case (.bytes, .plain): Self.from([.bytes, .string], to: .bytes)
        case (.duration, .plain): Self.from([.duration, .string], to: .duration)
        case (.timestamp, .plain): Self.from([.timestamp, .string, .int], to: .timestamp)
        case (.dyn, .plain): Self.from([.dyn], to: .dyn)
        case (.getHours, .receiver), (.getMinutes, .receiver), (.getSeconds, .receiver),
            (.getMilliseconds, .receiver):
            Self.ofTimestamp + Self.from([.duration], to: .int)
        case (.getFullYear, .receiver), (.getMonth, .receiver), (.getDate, .receiver),
            (.getDayOfMonth, .receiver), (.getDayOfWeek, .receiver), (.getDayOfYear, .receiver):
            Self.ofTimestamp
        default: []
        }
    }

    private static let ofTimestamp = [
        Overload(parameters: [.timestamp], result: .int),
        Overload(parameters: [.timestamp, .string], result: .int),
    ]

    private static func from(_ types: [ExpressionType], to result: ExpressionType) -> [Overload] {
        types.map { Overload(parameters: [$0], result: result) }
    }
}

/// What goes through a list, or the keys of a map.
enum Comprehension: String, CaseIterable, Sendable {
    case all
    case exists
    case existsOne = "exists_one"
    case filter
    case map
}
