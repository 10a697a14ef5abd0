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

extension Transaction {
    /// What became of a call; made at once, because what is put together is copied.
    init(
        _ call: borrowing CallLedger.Call,
        of applicationProtocol: ApplicationProtocol,
        _ outcome: Outcome,
        status: String?,
        responseStart: Timestamp?,
        responseEnd: Timestamp?,
        at end: Timestamp,
        isComplete: Bool
    ) {
        self.init(
            applicationProtocol: applicationProtocol,
            operation: call.operation,
            outcome: outcome,
            status: status,
            requestStart: call.start,
            requestEnd: call.end ?? call.start,
            responseStart: responseStart,
            responseEnd: responseEnd,
            endedAt: max(end, call.start),
            isIncomplete: !isComplete,
            isEarlyResponse: responseStart.map { first in call.end.map { $0 > first } ?? true } ?? false,
            isStreaming: call.traits.contains(.streaming),
            isSession: call.traits.contains(.session)
        )
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
