// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A JSON document that keeps its keys in order and says where its lines break.
indirect enum JSONValue {
    case string(String)
    /// Already a JSON number.
    case number(String)
    /// Already JSON, on one line.
    case raw(String)
    case bool(Bool)
    case array([JSONValue])
    case object([(key: String, value: JSONValue)])
    /// The value and all within it on one line.
    case line(JSONValue)

    static func count(_ value: UInt64) -> JSONValue { .number(String(value)) }

    static func index(_ value: Int) -> JSONValue { .number(String(value)) }

    /// Seconds with up to six digits after the point, rounded to the microsecond.
    static func seconds(nanoseconds: UInt64) -> JSONValue {
        .number(DecimalText.seconds(nanoseconds: nanoseconds))
    }

    /// A number with six significant digits; `nil` where JSON has no word for it.
    static func figure(_ value: Double) -> JSONValue? { DecimalText.figure(value).map { .number($0) } }

    /// An object whose members are sorted by key.
    static func counts(_ counts: [String: UInt64]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { ($0.key, .count($0.value)) })
    }
}
