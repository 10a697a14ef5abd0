// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// A TCP conversation, as a script.
///
/// The first byte chooses ports and whether the handshake is seen. Then each step is a byte of
/// flags, one of shape, one of time, and by shape a two-byte jump of the sequence number, and a
/// length with so many bytes of payload. Without jumps the payloads of a side follow each other.
func fuzzStream(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    var input = unsafe FuzzBytes(start, count: count)
    let setup = input.byte()
    var harness = FollowerHarness(transport: .tcp, serverPort: setup & 1 == 0 ? 80 : 53)
    var next: [UInt32] = [1_000, setup & 2 == 0 ? 9_000 : 0xFFFF_FF00]
    if setup & 4 == 0 {
        harness.segment(.fromOriginator, next[0] &- 1, 0, .syn, RawSpan(), 0)
        harness.segment(.fromResponder, next[1] &- 1, next[0], [.syn, .ack], RawSpan(), 0)
    }
    while !input.isEmpty {
        let flags = TCPFlags(rawValue: input.byte())
        let shape = input.byte()
        harness.wait(input.byte())
        let side = Int(shape & 1)
        var sequence = next[side]
        if shape & 2 != 0 { sequence &+= UInt32(bitPattern: Int32(Int16(bitPattern: input.short()))) }
        let payload = shape & 4 != 0 ? input.take(Int(input.short() & 0x7FF)) : input.take(Int(input.byte()))
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
    harness.finish(closes: setup & 8 != 0)
    return 0
}
