// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension FlowAccumulator {
    /// Adds what the tracker found in a segment, or without one.
    mutating func add(_ found: TCPFindings, _ direction: FlowDirection) {
        switch found.verdict {
        case .established: established &+= 1
        case .refused: refused &+= 1
        case .unanswered: unanswered &+= 1
        case .unreachable: unreachable &+= 1
        case nil: break
        }
        if found.isAnsweredLate { answeredLate &+= 1 }
        if found.isReset { reset &+= 1 }
        if found.isClosed { closed &+= 1 }
        pendingChange &+= Int8(truncatingIfNeeded: found.pendingChange)
        openChange &+= Int8(truncatingIfNeeded: found.openChange)
        if found.isRetransmitted { retransmitted[direction] &+= 1 }
        if found.isOutOfOrder { outOfOrder[direction] &+= 1 }
        if found.isZeroWindow { zeroWindow[direction] &+= 1 }
        if let connect = found.connectNanoseconds { connectNanoseconds = max(0, connect) }
        if let initial = found.initialRttNanoseconds { initialRttNanoseconds = max(0, initial) }
    }
}
