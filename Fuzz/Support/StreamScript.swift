// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// A TCP conversation, as steps.
///
/// Each is a byte of flags, one of shape, one of time, and by shape a two-byte jump of the sequence
/// number, and a length with so many bytes of payload. Without jumps the payloads of a side follow
/// each other.
struct StreamScript {
    private var next: [UInt32]

    init(responderStart: UInt32) {
        next = [1_000, responderStart]
    }

    /// Greets on both sides.
    func connect(_ harness: inout FollowerHarness) {
        harness.segment(.fromOriginator, next[0] &- 1, 0, .syn, RawSpan(), 0)
        harness.segment(.fromResponder, next[1] &- 1, next[0], [.syn, .ack], RawSpan(), 0)
    }

    /// Plays all steps; again, they go on where they were.
    mutating func play(_ steps: RawSpan, on harness: inout FollowerHarness) {
        var input = FuzzBytes(steps)
        while !input.isEmpty {
            let flags = TCPFlags(rawValue: input.byte())
            let shape = input.byte()
            harness.wait(input.byte())
            let side = Int(shape & 1)
            // Bytes that are not in the capture at all.
            if shape & 0xE0 == 0x60 { next[side] &+= UInt32(input.short()) }
            var sequence = next[side]
            if shape & 2 != 0 { sequence &+= UInt32(bitPattern: Int32(Int16(bitPattern: input.short()))) }
            let payload =
                shape & 4 != 0 ? input.take(Int(input.short() & 0x7FF)) : input.take(Int(input.byte()))
            // Some payloads are captured in part.
            let length = payload.byteCount + (shape & 8 != 0 ? Int(input.byte()) * 16 : 0)
            let acknowledgment = shape & 16 != 0 ? next[1 - side] &- UInt32(input.byte()) : next[1 - side]
            if shape & 2 == 0 { next[side] &+= UInt32(truncatingIfNeeded: length) }
            harness.segment(
                side == 0 ? .fromOriginator : .fromResponder,
                sequence,
                acknowledgment,
                // SYN and RST end the conversation too often to be left to chance.
                shape & 0xE0 == 0xE0 ? flags : flags.intersection([.ack, .fin, .psh]).union(.ack),
                payload,
                length
            )
        }
    }
}

/// A conversation in datagrams, as steps.
///
/// Each is a byte of shape, one of time, a two-byte length and the datagram.
func playDatagrams(_ steps: RawSpan, on harness: inout FollowerHarness) {
    var input = FuzzBytes(steps)
    while !input.isEmpty {
        let shape = input.byte()
        harness.wait(input.byte())
        let payload = input.take(Int(input.short() & 0x7FF))
        let length = payload.byteCount + (shape & 8 != 0 ? 100 : 0)
        harness.datagram(shape & 1 == 0 ? .fromOriginator : .fromResponder, payload, length)
    }
}
