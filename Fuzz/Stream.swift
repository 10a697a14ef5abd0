// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// A TCP conversation whose protocol is to be recognized.
///
/// The first byte chooses ports and whether the handshake is seen; steps of `StreamScript` follow.
func fuzzStream(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    var input = unsafe FuzzBytes(start, count: count)
    let setup = input.byte()
    var harness = FollowerHarness(transport: .tcp, serverPort: setup & 1 == 0 ? 80 : 53)
    var script = StreamScript(responderStart: setup & 2 == 0 ? 9_000 : 0xFFFF_FF00)
    if setup & 4 == 0 { script.connect(&harness) }
    script.play(input.takeAll(), on: &harness)
    harness.finish(closes: setup & 8 != 0)
    return 0
}
