// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// DNS over UDP: steps of `playDatagrams`.
func fuzzDatagrams(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    var input = unsafe FuzzBytes(start, count: count)
    var harness = FollowerHarness(transport: .udp, serverPort: 53)
    playDatagrams(input.takeAll(), on: &harness)
    harness.finish(closes: true)
    return 0
}
