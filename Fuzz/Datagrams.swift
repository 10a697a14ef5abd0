// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// DNS over UDP: each step is a byte of shape, one of time, a two-byte length and the datagram.
func fuzzDatagrams(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    var input = unsafe FuzzBytes(start, count: count)
    var harness = FollowerHarness(transport: .udp, serverPort: 53)
    while !input.isEmpty {
        let shape = input.byte()
        harness.wait(input.byte())
        let payload = input.take(Int(input.short() & 0x7FF))
        let length = payload.byteCount + (shape & 8 != 0 ? 100 : 0)
        harness.datagram(shape & 1 == 0 ? .fromOriginator : .fromResponder, payload, length)
    }
    harness.finish(closes: true)
    return 0
}
