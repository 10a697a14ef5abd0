// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension StreamFollower {
    /// Everything a follower knows: a value that only its follower holds.
    struct State: ~Copyable {
        var fromOriginator = StreamReassembler()
        var fromResponder = StreamReassembler()
        var dissectors: DissectorSet
        let shared: SharedDissectionState
        var lastTime = Timestamp(nanoseconds: 0)

        init(_ dissectors: consuming DissectorSet, shared: SharedDissectionState) {
            self.dissectors = dissectors
            self.shared = shared
        }

        /// Goes on from what was kept.
        init(_ rest: StreamRest, patience: Patience, shared: SharedDissectionState) {
            self.init(DissectorSet(rest.dissection, patience: patience, shared: shared), shared: shared)
            fromOriginator = StreamReassembler(rest.originator)
            fromResponder = StreamReassembler(rest.responder)
            lastTime = rest.lastTime
        }

        /// What there is to keep of it between two messages; `nil` where there is more.
        var rest: StreamRest? {
            guard let originator = fromOriginator.rest, let responder = fromResponder.rest,
                let dissection = dissectors.rest
            else { return nil }
            return StreamRest(
                originator: originator,
                responder: responder,
                lastTime: lastTime,
                dissection: dissection
            )
        }

        var heldBytes: Int { fromOriginator.heldBytes + fromResponder.heldBytes }

        /// Whether nothing will ever come of the flow.
        var isOpaque: Bool { dissectors.isOpaque }
    }
}

extension StreamFollower.State {
    mutating func segment(
        _ direction: FlowDirection,
        sequence: UInt32,
        acknowledgment: UInt32?,
        flags: TCPFlags,
        payload: RawSpan,
        payloadLength: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard !isOpaque else { return }
        lastTime = max(lastTime, time)
        let length = min(max(payloadLength, payload.byteCount), ReassemblyLimits.segment)
        if let acknowledgment, flags.contains(.ack), !flags.contains(.rst) {
            acknowledge(direction.opposite, acknowledgment, hasData: length > 0, at: time, into: &output)
        }
        if flags.contains(.rst) {
            drain(.fromOriginator, at: time, isLast: true, into: &output)
            drain(.fromResponder, at: time, isLast: true, into: &output)
            dissectors.reset(by: direction, at: time, into: &output)
            return releaseIfOpaque()
        }
        var start = sequence
        if flags.contains(.syn) {
            withReassembler(direction) { $0.start(synSequence: sequence) }
            start = sequence &+ 1
        }
        if length > 0 {
            place(direction, start, payload.clamped(0, length), length: length, at: time, into: &output)
        }
        if flags.contains(.fin) {
            let end = start &+ UInt32(truncatingIfNeeded: length)
            withReassembler(direction) { $0.end(at: end) }
        }
        if hasStep(direction) { drain(direction, at: time, into: &output) }
        releaseIfOpaque()
    }

    mutating func datagram(
        _ direction: FlowDirection,
        payload: RawSpan,
        payloadLength: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard !isOpaque else { return }
        lastTime = max(lastTime, time)
        let isWhole = payload.byteCount >= payloadLength
        dissectors.datagram(direction, payload, isWhole: isWhole, at: time, into: &output)
    }

    mutating func advance(to time: Timestamp, into output: inout DissectionOutput) {
        guard !isOpaque else { return }
        dissectors.advance(to: time, into: &output)
    }

    mutating func endOfInput(into output: inout DissectionOutput) {
        guard !isOpaque else { return }
        drain(.fromOriginator, at: lastTime, isLast: true, into: &output)
        drain(.fromResponder, at: lastTime, isLast: true, into: &output)
        dissectors.settle(at: lastTime, into: &output)
        releaseIfOpaque()
    }

    mutating func close(at time: Timestamp, into output: inout DissectionOutput) {
        guard !isOpaque else { return }
        drain(.fromOriginator, at: time, isLast: true, into: &output)
        drain(.fromResponder, at: time, isLast: true, into: &output)
        dissectors.close(at: time, into: &output)
        releaseIfOpaque()
    }

    private mutating func acknowledge(
        _ direction: FlowDirection,
        _ acknowledgment: UInt32,
        hasData: Bool,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let isAhead =
            switch direction {
            case .fromOriginator: fromOriginator.acknowledge(acknowledgment)
            case .fromResponder: fromResponder.acknowledge(acknowledgment)
            }
        guard isAhead || hasStep(direction) else { return }
        drain(direction, at: time, isAcknowledgmentFinal: hasData, into: &output)
    }

    private func hasStep(_ direction: FlowDirection) -> Bool {
        switch direction {
        case .fromOriginator: fromOriginator.hasStep
        case .fromResponder: fromResponder.hasStep
        }
    }

    private mutating func place(
        _ direction: FlowDirection,
        _ sequence: UInt32,
        _ captured: RawSpan,
        length: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let placement =
            switch direction {
            case .fromOriginator: fromOriginator.place(sequence: sequence, length: length, at: time)
            case .fromResponder: fromResponder.place(sequence: sequence, length: length, at: time)
            }
        switch placement {
        case .old: break
        case .inOrder(let skip):
            deliver(direction, captured, length: length, skip: skip, at: time, into: &output)
        case .ahead:
            guard shared.heldOctets + captured.byteCount <= ReassemblyLimits.bytesOfAllFlows else {
                output.losses.append(.reassemblyOverflow)
                return
            }
            let segment = HeldSegment(sequence: sequence, length: length, bytes: captured.octets, time: time)
            withReassembler(direction) { $0.hold(segment) }
        }
    }

    /// Delivers what has come in order.
    private mutating func drain(
        _ direction: FlowDirection,
        at time: Timestamp,
        isAcknowledgmentFinal: Bool = false,
        isLast: Bool = false,
        into output: inout DissectionOutput
    ) {
        while !isOpaque {
            let step =
                switch direction {
                case .fromOriginator:
                    fromOriginator.next(
                        at: time,
                        isAcknowledgmentFinal: isAcknowledgmentFinal,
                        isLast: isLast
                    )
                case .fromResponder:
                    fromResponder.next(at: time, isAcknowledgmentFinal: isAcknowledgmentFinal, isLast: isLast)
                }
            switch step {
            case .wait: return
            case .deliver(let segment, let skip, let instant):
                shared.heldOctets -= segment.bytes.count
                let span = segment.bytes.octetSpan
                deliver(direction, span, length: segment.length, skip: skip, at: instant, into: &output)
            case .missing(let count, let instant):
                dissectors.missing(direction, count, at: instant, isTail: false, into: &output)
            case .end:
                dissectors.end(direction, at: time, into: &output)
            }
        }
    }

    private mutating func deliver(
        _ direction: FlowDirection,
        _ captured: RawSpan,
        length: Int,
        skip: Int,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let fresh = captured.clamped(skip, captured.byteCount)
        if !fresh.isEmpty {
            let isFromStart = fromOriginator.beganWithSYN || fromResponder.beganWithSYN
            dissectors.consume(direction, fresh, at: time, isFromStart: isFromStart, into: &output)
        }
        let missing = length - max(skip, captured.byteCount)
        if missing > 0, !isOpaque {
            dissectors.missing(direction, missing, at: time, isTail: true, into: &output)
        }
    }

    private mutating func withReassembler(
        _ direction: FlowDirection,
        _ body: (inout StreamReassembler) -> Void
    ) {
        let before = heldBytes
        switch direction {
        case .fromOriginator: body(&fromOriginator)
        case .fromResponder: body(&fromResponder)
        }
        let change = heldBytes - before
        // Nearly always nothing is held, and the shared state is left alone.
        if change != 0 { shared.heldOctets += change }
    }

    /// An opaque stream holds nothing.
    private mutating func releaseIfOpaque() {
        guard isOpaque else { return }
        shared.heldOctets -= heldBytes
        fromOriginator = StreamReassembler()
        fromResponder = StreamReassembler()
    }
}
