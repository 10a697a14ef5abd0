// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A JSON document that keeps its keys in order and says where its lines break.
enum JSONValue {
    case string(String)
    /// Already a JSON number.
    case number(String)
    case count(UInt64)
    case index(Int)
    /// Nanoseconds, as seconds with up to six digits after the point, rounded to the microsecond.
    case seconds(nanoseconds: UInt64)
    /// Already JSON, on one line.
    case raw(String)
    case bool(Bool)
    case array([JSONValue])
    /// So many elements, each made when it is written: all of a large graph would take a hundred megabytes.
    case elements(Int, (Int) -> JSONValue)
    case object([(key: String, value: JSONValue)])
    /// The value and all within it on one line.
    indirect case line(JSONValue)

    /// A number with six significant digits; `nil` where JSON has no word for it.
    static func figure(_ value: Double) -> JSONValue? { DecimalText.figure(value).map { .number($0) } }

    /// An object whose members are sorted by key.
    static func counts(_ counts: [String: UInt64]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .count($0.value)) })
    }
}
