// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What one segment, or the end of patience, told about a connection.
struct TCPFindings {
    /// How an attempt ended.
    enum Verdict: Equatable {
        case established
        case refused
        case unanswered
        case unreachable
    }

    var verdict: Verdict?
    /// An answer that came after the verdict.
    var isAnsweredLate = false
    var isReset = false
    var isClosed = false
    /// Change of the gauge of attempts without a verdict.
    var pendingChange = 0
    /// Change of the gauge of open connections.
    var openChange = 0
    var isRetransmitted = false
    var isOutOfOrder = false
    var isZeroWindow = false
    var connectNanoseconds: Int64?
    var initialRttNanoseconds: Int64?
    var rttNanoseconds: Int64?
}
