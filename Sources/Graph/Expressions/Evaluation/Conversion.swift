// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Conversions from type to type: the functions `int`, `double`, `string`, `timestamp`...
enum Conversion {
    /// Why a value cannot be converted.
    struct Failure: Error {
        let message: String
    }

    /// Converts a value with the function of that name.
    ///
    /// - Throws: `Failure` where the value does not fit the type, or says nothing of it.
    static func convert(
        _ value: ExpressionValue,
        with builtin: Builtin
    ) throws(Failure) -> ExpressionValue {
        let result: ExpressionValue? =
            switch builtin {
            case .bool: bool(value)
            case .int: int(value).map(ExpressionValue.int)
            case .uint: uint(value).map(ExpressionValue.uint)
            case .double: double(value).map(ExpressionValue.double)
            case .string: string(value).map(ExpressionValue.string)
            case .bytes: bytes(value)
            case .duration: duration(value)
            case .timestamp: timestamp(value)
            default: value
            }
        guard let result else { throw Failure(message: "\(value) is no \(builtin.rawValue)") }
        return result
    }

    private static func bool(_ value: ExpressionValue) -> ExpressionValue? {
        switch value {
        case .bool: value
        case .string("1"), .string("t"), .string("true"), .string("TRUE"), .string("True"): .bool(true)
        case .string("0"), .string("f"), .string("false"), .string("FALSE"), .string("False"): .bool(false)
        default: nil
        }
    }

    private static func int(_ value: ExpressionValue) -> Int64? {
        switch value {
        case .int(let number): number
        case .uint(let number): Int64(exactly: number)
        // The least value is left out: it may be the rounding of one that does not fit.
        case .double(let number): number > -0x1p63 ? Int64(exactly: number.rounded(.towardZero)) : nil
        case .string(let text): Int64(text)
        case .timestamp(let time): time.nanoseconds.flooredDivision(by: 1_000_000_000).quotient
        default: nil
        }
    }

    private static func uint(_ value: ExpressionValue) -> UInt64? {
        switch value {
        case .uint(let number): number
        case .int(let number): UInt64(exactly: number)
        case .double(let number): number >= 0 ? UInt64(exactly: number.rounded(.towardZero)) : nil
        case .string(let text): text.hasPrefix("+") ? nil : UInt64(text)
        default: nil
        }
    }

    private static func double(_ value: ExpressionValue) -> Double? {
        switch value {
        case .double(let number): number
        case .int(let number): Double(number)
        case .uint(let number): Double(number)
        case .string(let text): Double(text)
        default: nil
        }
    }

    private static func string(_ value: ExpressionValue) -> String? {
        switch value {
        case .string(let text): text
        case .bool(let value): String(value)
        case .int(let number): String(number)
        case .uint(let number): String(number)
        case .double(let number): text(of: number)
        case .bytes(let bytes): String(validating: bytes, as: UTF8.self)
        case .duration(let nanoseconds): CELDuration.text(nanoseconds: nanoseconds)
        case .timestamp(let time): time.description
        default: nil
        }
    }

    private static func bytes(_ value: ExpressionValue) -> ExpressionValue? {
        switch value {
        case .bytes: value
        case .string(let text): .bytes(Array(text.utf8))
        default: nil
        }
    }

    private static func duration(_ value: ExpressionValue) -> ExpressionValue? {
        switch value {
        case .duration: value
        case .string(let text): CELDuration.nanoseconds(text).map(ExpressionValue.duration)
        default: nil
        }
    }

    private static func timestamp(_ value: ExpressionValue) -> ExpressionValue? {
        switch value {
        case .timestamp: value
        case .string(let text): Timestamp(rfc3339: text).flatMap(inRange)
        case .int(let seconds): inRange(Timestamp(seconds: seconds))
        default: nil
        }
    }

    /// Instants that nanoseconds cannot tell are clamped when they are made: those are refused.
    private static func inRange(_ time: Timestamp) -> ExpressionValue? {
        time.nanoseconds == .min || time.nanoseconds == .max ? nil : .timestamp(time)
    }

    /// The shortest text that is read as the same number, with an exponent from a million up and
    /// below a ten-thousandth, as other implementations of CEL write it.
    static func text(of number: Double) -> String {
        guard number.isFinite else { return number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "+Infinity" }
        let parts = String(number.magnitude).split(separator: "e")
        let point = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let whole = point[0]
        let fraction = point.count > 1 && point[1] != "0" ? point[1] : ""
        let written = whole + fraction
        var digits = String(written.drop { $0 == "0" })
        // The value is 0.DIGITS times ten to that power.
        let power = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + whole.count - (written.count - digits.count)
        while digits.hasSuffix("0") { digits.removeLast() }
        let sign = number.sign == .minus ? "-" : ""
        guard !digits.isEmpty else { return sign + "0" }
        let exponent = power - 1
        if exponent < -4 || exponent >= 6 {
            let tail = digits.dropFirst()
            let size = String(exponent.magnitude)
            return sign + digits.prefix(1) + (tail.isEmpty ? "" : "." + tail) + "e"
                + (exponent < 0 ? "-" : "+")
                + (size.count < 2 ? "0" : "") + size
        }
        if power <= 0 { return sign + "0." + String(repeating: "0", count: -power) + digits }
        if digits.count <= power {
            return sign + digits + String(repeating: "0", count: power - digits.count)
        }
        return sign + digits.prefix(power) + "." + digits.dropFirst(power)
    }
}
