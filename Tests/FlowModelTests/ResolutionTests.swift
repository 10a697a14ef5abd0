// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Testing

@Suite struct `A resolution` {
    @Test func `divides the next coarser one`() {
        for resolution in Resolution.allCases {
            guard let finer = resolution.finer else {
                #expect(resolution.nanoseconds == Window.baseNanoseconds)
                continue
            }
            #expect(resolution.nanoseconds.isMultiple(of: finer.nanoseconds))
            #expect(finer.coarser == resolution)
        }
        #expect(Resolution.coarsest.coarser == nil)
    }

    @Test(arguments: Resolution.allCases)
    func `has windows that begin at multiples of its length`(_ resolution: Resolution) {
        for nanoseconds in [-1, 0, 1, 1_790_000_000_123_456_789, -86_400_000_000_001] as [Int64] {
            let instant = Timestamp(nanoseconds: nanoseconds)
            let window = resolution.window(containing: instant)
            #expect(window.contains(instant))
            #expect(window.start.nanoseconds.isMultiple(of: resolution.nanoseconds))
            #expect(window.end - window.start == resolution.nanoseconds)
        }
    }
}
