// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// How the ticks of a pcapng interface become nanoseconds.
///
/// `if_tsresol` is a negative power of ten, or of two where its highest bit is set;
/// `if_tsoffset` is added in seconds. Ticks are 64 bits of anything, so all of it saturates.
struct TimestampScale: BitwiseCopyable {
    private enum Unit: BitwiseCopyable {
        case multiply(UInt64)
        case divide(UInt64)
        /// Ticks per second as a power of two.
        case binary(UInt64)
        /// Finer than any 64-bit count of ticks reaches one nanosecond with.
        case none
    }

    private let unit: Unit
    private let offsetSeconds: Int64

    /// Microseconds since 1970: what an interface that says nothing has.
    static let microseconds = TimestampScale(resolution: 6, offsetSeconds: 0)

    init(resolution: UInt8, offsetSeconds: Int64) {
        self.offsetSeconds = offsetSeconds
        let exponent = resolution & 0x7F
        if resolution & 0x80 != 0 {
            unit = exponent < 64 ? .binary(UInt64(exponent)) : .none
        } else if exponent <= 9 {
            unit = .multiply(Self.powerOfTen(9 - exponent))
        } else {
            unit = exponent <= 28 ? .divide(Self.powerOfTen(exponent - 9)) : .none
        }
    }

    func timestamp(_ ticks: UInt64) -> Timestamp {
        let nanoseconds: Int64
        switch unit {
        case .multiply(let factor):
            let (product, overflow) = ticks.multipliedReportingOverflow(by: factor)
            nanoseconds = overflow ? .max : Int64(clamping: product)
        case .divide(let divisor):
            nanoseconds = Int64(clamping: ticks / divisor)
        case .binary(let shift):
            nanoseconds = Self.nanoseconds(ticks, shift)
        case .none:
            nanoseconds = 0
        }
        guard offsetSeconds != 0 else { return Timestamp(nanoseconds: nanoseconds) }
        return Timestamp(seconds: offsetSeconds) + nanoseconds
    }

    private static func nanoseconds(_ ticks: UInt64, _ shift: UInt64) -> Int64 {
        let seconds = ticks >> shift
        // The fraction is below 2^shift, so its nanoseconds are below 10^9 after the shift back;
        // the product needs up to 94 bits.
        let fraction = ticks & ((1 << shift) &- 1)
        let (high, low) = fraction.multipliedFullWidth(by: 1_000_000_000)
        let rest = shift == 0 ? 0 : high << (64 - shift) | low >> shift
        return Timestamp(seconds: Int64(clamping: seconds), nanoseconds: Int64(clamping: rest)).nanoseconds
    }

    private static func powerOfTen(_ exponent: UInt8) -> UInt64 {
        (0..<exponent).reduce(1) { product, _ in product * 10 }
    }
}
