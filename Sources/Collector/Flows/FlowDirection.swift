// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Which side of a flow sent a packet.
package enum FlowDirection: UInt8, Sendable, BitwiseCopyable {
    case fromOriginator = 0
    case fromResponder = 1

    /// Its place among the two.
    @inline(__always)
    var index: Int { Int(rawValue) }

    package var opposite: FlowDirection { self == .fromOriginator ? .fromResponder : .fromOriginator }
}
