// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The state of one TCP connection as seen from one point.
///
/// It is fed each packet once, by the first sighting at its point, and never from two points.
/// It judges attempts, the end of connections, repeated and reordered segments and round trips.
struct TCPTracker: BitwiseCopyable {
    /// How far a connection has come.
    enum Phase: UInt8, Equatable {
        /// Nothing was seen yet.
        case new
        /// A SYN waits for its verdict.
        case attempting
        /// The attempt has a verdict other than established.
        case failed
        /// An answer to the SYN was seen.
        case established
        /// Segments were seen, but not the handshake.
        case midstream
        case closed

        var isOpen: Bool { self == .established || self == .midstream }
    }

    private(set) var phase = Phase.new
    /// The side that sent the SYN, or did not send the SYN/ACK.
    private(set) var client: FlowDirection?
    /// By the index of a direction: a place in an array is changed where it is.
    var sides = InlineArray<2, Side>(repeating: Side())
    var firstSyn: Timestamp?
    var lastSyn: Timestamp?
    var initialRtt: Int64 = 0
    var hasCompletedHandshake = false

    /// One side's sequence space and what else it said.
    struct Side: BitwiseCopyable {
        var sequence = SequenceTracker()
        var initialSequence: UInt32 = 0
        var hasInitialSequence = false
        var hasFinished = false
        /// Its receive window is 0: what the other side sends now are probes.
        var hasClosedWindow = false
        /// The end of the segment whose acknowledgment is awaited, and when it was seen.
        var timedEnd: UInt32 = 0
        var timedAt: Timestamp?
    }

    subscript(direction: FlowDirection) -> Side { sides[direction.index] }

    /// Takes one segment.
    ///
    /// - Parameters:
    ///   - headers: Of the segment.
    ///   - direction: The side that sent it.
    ///   - time: When it was sighted.
    ///   - holes: Where the holes of all trackers are kept.
    ///   - accumulator: Receives what it found.
    /// - Returns: A round trip that it completes, in nanoseconds.
    @inline(__always)
    mutating func account(
        _ headers: PacketHeaders,
        _ direction: FlowDirection,
        at time: Timestamp,
        holes: inout Slab<SequenceHoles>,
        into accumulator: inout FlowAccumulator
    ) -> Int64? {
        guard phase.isOpen, hasCompletedHandshake || phase == .midstream,
            headers.tcpFlags.isDisjoint(with: [.syn, .fin, .rst])
        else {
            let findings = account(headers, direction, at: time, holes: &holes)
            accumulator.add(findings, direction)
            return findings.rttNanoseconds
        }
        // Nearly all segments of a connection: no more than data and acknowledgments.
        switch judge(headers, direction, at: time, holes: &holes) {
        case .retransmitted: accumulator.retransmitted[direction] &+= 1
        case .outOfOrder: accumulator.outOfOrder[direction] &+= 1
        case .advanced, .neutral: break
        }
        if headers.receiveWindow == 0 { accumulator.zeroWindow[direction] &+= 1 }
        guard headers.tcpFlags.contains(.ack) else { return nil }
        noteAcknowledgment(headers, direction, holes: &holes)
        return roundTrip(headers, direction, at: time)
    }

    private mutating func account(
        _ headers: PacketHeaders,
        _ direction: FlowDirection,
        at time: Timestamp,
        holes: inout Slab<SequenceHoles>
    ) -> TCPFindings {
        var findings = TCPFindings()
        let flags = headers.tcpFlags
        let isClosing = flags.contains(.rst)
        if flags.contains(.syn), !isClosing {
            if flags.contains(.ack) {
                accountAnswer(headers, direction, at: time, into: &findings)
            } else {
                accountSyn(headers, direction, at: time, into: &findings)
            }
        } else if phase == .new {
            // A reset alone is the tail of something that ended before we looked.
            move(to: isClosing ? .closed : .midstream, into: &findings)
        }
        if isClosing {
            accountReset(direction, into: &findings)
            return findings
        }
        switch judge(headers, direction, at: time, holes: &holes) {
        case .retransmitted: findings.isRetransmitted = true
        case .outOfOrder: findings.isOutOfOrder = true
        case .advanced, .neutral: break
        }
        if flags.contains(.ack) {
            noteAcknowledgment(headers, direction, holes: &holes)
            inferAnswer(headers, direction, at: time, into: &findings)
            completeHandshake(headers, direction, at: time, into: &findings)
            findings.rttNanoseconds = roundTrip(headers, direction, at: time)
        }
        findings.isZeroWindow = headers.receiveWindow == 0 && flags.isDisjoint(with: [.syn, .fin])
        if flags.contains(.fin) { accountFinish(direction, into: &findings) }
        return findings
    }

    /// Gives a pending attempt its verdict for a reason outside the segments of the flow.
    mutating func fail(_ verdict: TCPFindings.Verdict) -> TCPFindings {
        var findings = TCPFindings()
        guard phase == .attempting else { return findings }
        findings.verdict = verdict
        move(to: .failed, into: &findings)
        return findings
    }

    /// Ends the connection because it is over for us: idle, evicted, its four-tuple reused.
    mutating func end() -> TCPFindings {
        var findings = TCPFindings()
        move(to: .closed, into: &findings)
        return findings
    }

    /// Changes the phase and says what that does to the gauges.
    mutating func move(to next: Phase, into findings: inout TCPFindings) {
        findings.pendingChange += (next == .attempting ? 1 : 0) - (phase == .attempting ? 1 : 0)
        findings.openChange += (next.isOpen ? 1 : 0) - (phase.isOpen ? 1 : 0)
        phase = next
    }

    /// Gives back what it keeps elsewhere.
    mutating func release(_ holes: inout Slab<SequenceHoles>) {
        sides[0].sequence.forgetHoles(&holes)
        sides[1].sequence.forgetHoles(&holes)
    }

    mutating func decideClient(_ direction: FlowDirection) {
        if client == nil { client = direction }
    }

    @inline(__always)
    private mutating func judge(
        _ headers: PacketHeaders,
        _ direction: FlowDirection,
        at time: Timestamp,
        holes: inout Slab<SequenceHoles>
    ) -> SequenceTracker.Judgement {
        let flags = headers.tcpFlags
        var length = UInt32(truncatingIfNeeded: max(0, headers.payloadLength))
        if flags.contains(.syn) { length &+= 1 }
        if flags.contains(.fin) { length &+= 1 }
        if length == 1, isProbe(headers, direction) { return .neutral }
        let judgement = sides[direction.index].sequence.judge(
            sequence: headers.sequence,
            length: length,
            isPlain: flags.isDisjoint(with: [.syn, .fin]),
            initialRtt: initialRtt,
            at: time,
            holes: &holes
        )
        switch judgement {
        case .advanced:
            if headers.payloadLength > 0, sides[direction.index].timedAt == nil {
                sides[direction.index].timedEnd = headers.sequence &+ length
                sides[direction.index].timedAt = time
            }
        case .retransmitted, .outOfOrder:
            // Karn: whatever is acknowledged next may answer either copy.
            sides[direction.index].timedAt = nil
        case .neutral:
            break
        }
        return judgement
    }

    /// Whether a byte asks if a closed window has opened.
    ///
    /// It is sent again with what follows it, and nothing was lost.
    private func isProbe(_ headers: PacketHeaders, _ direction: FlowDirection) -> Bool {
        headers.payloadLength == 1 && sides[direction.opposite.index].hasClosedWindow
            && sides[direction.index].sequence.isStarted
            && headers.sequence == sides[direction.index].sequence.next
    }

    /// Keeps what an acknowledgment says of the other side's segments.
    @inline(__always)
    private mutating func noteAcknowledgment(
        _ headers: PacketHeaders,
        _ direction: FlowDirection,
        holes: inout Slab<SequenceHoles>
    ) {
        sides[direction.index].hasClosedWindow = headers.receiveWindow == 0
        let awaited = sides[direction.opposite.index].sequence.holes
        guard awaited >= 0 else { return }
        holes[awaited].acknowledge(headers.acknowledgment, hasPayload: headers.payloadLength > 0)
    }

    /// Samples the way from here to the server and back: the client's data to its acknowledgment.
    ///
    /// The server's data to the client's acknowledgment is not sampled: from a vantage point
    /// beside the client it would measure the client's delayed acknowledgments.
    @inline(__always)
    private mutating func roundTrip(
        _ headers: PacketHeaders,
        _ direction: FlowDirection,
        at time: Timestamp
    ) -> Int64? {
        let sender = direction.opposite
        guard let timedAt = sides[sender.index].timedAt,
            SequenceNumber.distance(headers.acknowledgment, after: sides[sender.index].timedEnd) >= 0
        else { return nil }
        sides[sender.index].timedAt = nil
        return sender == client ?? .fromOriginator ? time - timedAt : nil
    }

    private mutating func accountFinish(_ direction: FlowDirection, into findings: inout TCPFindings) {
        sides[direction.index].hasFinished = true
        guard phase.isOpen, sides[direction.opposite.index].hasFinished else { return }
        findings.isClosed = true
        move(to: .closed, into: &findings)
    }
}
