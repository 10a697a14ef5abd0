// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension CallLedger {
    /// A request without an outcome.
    struct Call {
        /// What a response refers to; 0 where order tells.
        var key: UInt64
        var operation: String
        var start: Timestamp
        /// `nil` until its last byte was seen.
        var end: Timestamp?
        /// Of the first byte of its response.
        var responseStart: Timestamp?
        var outcome = Outcome.ok
        var status: String?
        var traits: CallTraits
        /// Told by a dissector to itself.
        var note: UInt32 = 0
        /// Patience ended; it stays in line so that a late response finds it.
        var isDecided = false
        /// Bytes of its response may have been lost.
        var isResponseLost = false
    }
}

extension CallLedger.Call {
    var isSession: Bool { traits.contains(.session) }
    /// Whether patience can end for it: what waits by design outlasts any, and what has begun to
    /// be answered is.
    var waits: Bool {
        !isDecided && responseStart == nil && !traits.contains(.streaming)
    }
}
