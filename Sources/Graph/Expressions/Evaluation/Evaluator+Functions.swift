// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Functions but for the macros and `matches`.
extension Evaluator {
    mutating func call(
        _ builtin: Builtin,
        _ arguments: [Node],
        _ span: SourceSpan
    ) throws(EvaluationFailure) -> ExpressionValue {
        var values: [ExpressionValue] = []
        for argument in arguments { values.append(try value(of: argument)) }
        guard let first = values.first else { throw .failed("\(builtin.rawValue) takes a value", span) }
        try charge(first.size / 8)
        switch builtin {
        case .dyn: return first
        case .size:
            guard let count = Self.count(first) else { throw Self.refusal(builtin, values, span) }
            return .int(Int64(count))
        case .contains, .startsWith, .endsWith:
            guard values.count == 2, case .string(let text) = first, case .string(let part) = values[1] else {
                throw Self.refusal(builtin, values, span)
            }
            try charge(Self.searchCost(text.utf8.count, part.utf8.count))
            return .bool(Self.find(builtin, part, in: text))
        case .bool, .int, .uint, .double, .string, .bytes, .duration, .timestamp:
            do {
                return try Conversion.convert(first, with: builtin)
            } catch {
                throw .failed(error.message, span)
            }
        default:
            guard let figure = try Self.figure(builtin, of: first, zone: values.dropFirst().first, span)
            else {
                throw Self.refusal(builtin, values, span)
            }
            return .int(figure)
        }
    }

    private static func refusal(
        _ builtin: Builtin,
        _ values: [ExpressionValue],
        _ span: SourceSpan
    ) -> EvaluationFailure {
        .failed(
            "\(builtin.rawValue) does not take \(values.map(\.type.description).joined(separator: ", "))",
            span
        )
    }

    private static func count(_ value: ExpressionValue) -> Int? {
        switch value {
        case .string(let text): text.unicodeScalars.count
        case .bytes(let bytes): bytes.count
        case .list(let values): values.count
        case .map(let entries): entries.count
        default: nil
        }
    }

    /// Code points are compared, not characters: what is canonically equal is not the same text.
    private static func find(_ builtin: Builtin, _ part: String, in text: String) -> Bool {
        let (text, part) = (Array(text.utf8), Array(part.utf8))
        guard part.count <= text.count else { return false }
        switch builtin {
        case .startsWith: return text.starts(with: part)
        case .endsWith: return text.suffix(part.count).elementsEqual(part)
        default: return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
        }
    }

    // MARK: - Parts of times

    private static func figure(
        _ builtin: Builtin,
        of value: ExpressionValue,
        zone: ExpressionValue?,
        _ span: SourceSpan
    ) throws(EvaluationFailure) -> Int64? {
        switch (value, zone) {
        case (.timestamp(let time), nil):
            return figure(builtin, of: time, offset: 0)
        case (.timestamp(let time), .string(let zone)?):
            guard let offset = offset(ofZone: zone) else {
                throw .failed(
                    "the time zone is UTC, or an offset such as +01:00, not \(ExpressionValue.string(zone))",
                    span
                )
            }
            return figure(builtin, of: time, offset: offset)
        case (.duration(let nanoseconds), nil):
            return switch builtin {
            case .getHours: nanoseconds / 3_600_000_000_000
            case .getMinutes: nanoseconds / 60_000_000_000
            case .getSeconds: nanoseconds / 1_000_000_000
            case .getMilliseconds: nanoseconds / 1_000_000 % 1_000
            default: nil
            }
        default:
            return nil
        }
    }

    private static func figure(_ builtin: Builtin, of time: Timestamp, offset: Int64) -> Int64? {
        let (whole, fraction) = time.nanoseconds.flooredDivision(by: 1_000_000_000)
        let (day, second) = (whole + offset).flooredDivision(by: 86_400)
        let date = Timestamp.civil(fromDays: day)
        return switch builtin {
        case .getFullYear: date.year
        case .getMonth: date.month - 1
        case .getDate: date.day
        case .getDayOfMonth: date.day - 1
        // 1970-01-01 was a Thursday; Sunday is 0.
        case .getDayOfWeek: (day + 4).flooredDivision(by: 7).remainder
        case .getDayOfYear: day - Timestamp.days(fromYear: date.year, month: 1, day: 1)
        case .getHours: second / 3_600
        case .getMinutes: second / 60 % 60
        case .getSeconds: second % 60
        case .getMilliseconds: fraction / 1_000_000
        default: nil
        }
    }

    /// Seconds east of Greenwich.
    private static func offset(ofZone zone: String) -> Int64? {
        if zone == "UTC" { return 0 }
        let isWest = zone.hasPrefix("-")
        let parts = (isWest || zone.hasPrefix("+") ? zone.dropFirst() : zone[...]).split(
            separator: ":",
            omittingEmptySubsequences: false
        )
        guard parts.count == 2,
            parts.allSatisfy({ $0.count == 2 && $0.unicodeScalars.allSatisfy(\.isDigit) }),
            let hours = Int64(parts[0]), let minutes = Int64(parts[1]), hours < 24, minutes < 60
        else { return nil }
        return (hours * 3_600 + minutes * 60) * (isWest ? -1 : 1)
    }
}
