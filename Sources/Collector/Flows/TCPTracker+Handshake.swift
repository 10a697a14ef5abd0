// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension TCPTracker {
    mutating func accountSyn(
        _ headers: PacketHeaders,
        _ direction: FlowDirection,
        at time: Timestamp,
        into findings: inout TCPFindings
    ) {
        decideClient(direction)
        // A SYN from the side that answers is a simultaneous open: it belongs to no attempt.
        guard client == direction else { return }
        if !sides[direction.index].hasInitialSequence {
            sides[direction.index].hasInitialSequence = true
            sides[direction.index].initialSequence = headers.sequence
        }
        if firstSyn == nil { firstSyn = time }
        lastSyn = time
        if phase == .new { move(to: .attempting, into: &findings) }
    }

    /// A SYN/ACK: the server takes the attempt.
    mutating func accountAnswer(
        _ headers: PacketHeaders,
        _ direction: FlowDirection,
        at time: Timestamp,
        into findings: inout TCPFindings
    ) {
        decideClient(direction.opposite)
        guard client != direction else { return }
        if !sides[direction.index].hasInitialSequence {
            sides[direction.index].hasInitialSequence = true
            sides[direction.index].initialSequence = headers.sequence
        }
        if !sides[direction.opposite.index].hasInitialSequence {
            sides[direction.opposite.index].hasInitialSequence = true
            sides[direction.opposite.index].initialSequence = headers.acknowledgment &- 1
            sides[direction.opposite.index].sequence.start(at: headers.acknowledgment)
        }
        switch phase {
        case .new:
            // Its SYN was before the capture, or came by another way.
            findings.verdict = .established
            move(to: .established, into: &findings)
        case .attempting:
            findings.verdict = .established
            if let firstSyn { findings.connectNanoseconds = time - firstSyn }
            move(to: .established, into: &findings)
        case .failed:
            findings.isAnsweredLate = true
            move(to: .established, into: &findings)
        case .established, .midstream, .closed:
            break
        }
    }

    mutating func accountReset(_ direction: FlowDirection, into findings: inout TCPFindings) {
        switch phase {
        case .attempting where direction != client:
            findings.verdict = .refused
            move(to: .closed, into: &findings)
        case .failed where direction != client:
            findings.isAnsweredLate = true
            move(to: .closed, into: &findings)
        case .established, .midstream:
            findings.isReset = true
            move(to: .closed, into: &findings)
        case .attempting, .failed, .new, .closed:
            // A client that resets its own SYN has no answer yet; patience decides.
            break
        }
    }

    /// The client's acknowledgment of the SYN/ACK: the last SYN to here is the initial round trip.
    mutating func completeHandshake(
        _ headers: PacketHeaders,
        _ direction: FlowDirection,
        at time: Timestamp,
        into findings: inout TCPFindings
    ) {
        guard !hasCompletedHandshake, phase == .established, direction == client,
            !headers.tcpFlags.contains(.syn), sides[direction.opposite.index].hasInitialSequence
        else { return }
        let answered = sides[direction.opposite.index].initialSequence &+ 1
        guard SequenceNumber.distance(headers.acknowledgment, after: answered) >= 0 else { return }
        takeInitialRtt(at: time, into: &findings)
    }

    /// The client goes on after its SYN: it was answered where we did not look.
    ///
    /// Captures of one direction, and those that lost the SYN/ACK, show no more of it than this.
    /// Segments of an older connection on the four-tuple are elsewhere in the sequence space.
    mutating func inferAnswer(
        _ headers: PacketHeaders,
        _ direction: FlowDirection,
        at time: Timestamp,
        into findings: inout TCPFindings
    ) {
        guard phase == .attempting || phase == .failed, direction == client,
            !headers.tcpFlags.contains(.syn)
        else { return }
        let ahead = SequenceNumber.distance(headers.sequence, after: sides[direction.index].initialSequence)
        guard (1...Self.firstFlight).contains(ahead) else { return }
        if phase == .failed {
            findings.isAnsweredLate = true
        } else {
            findings.verdict = .established
        }
        move(to: .established, into: &findings)
        if ahead == 1 { takeInitialRtt(at: time, into: &findings) }
        hasCompletedHandshake = true
    }

    /// The window of a SYN/ACK is not scaled (RFC 7323 section 2.2), so the client can send no more
    /// before it is acknowledged.
    private static let firstFlight: Int32 = 65_535

    private mutating func takeInitialRtt(at time: Timestamp, into findings: inout TCPFindings) {
        hasCompletedHandshake = true
        guard let lastSyn else { return }
        initialRtt = max(0, time - lastSyn)
        findings.initialRttNanoseconds = initialRtt
    }
}
