// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Which side of a flow sent a packet.
package enum FlowDirection: UInt8, Sendable, BitwiseCopyable {
    case fromOriginator = 0
    case fromResponder = 1

    package var opposite: FlowDirection { self == .fromOriginator ? .fromResponder : .fromOriginator }
}
