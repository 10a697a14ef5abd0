// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Testing

@Suite struct `The range of a graph` {
    private static func at(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }
    private static let stored = Window(start: at(1_000), end: at(1_100))

    @Test(
        arguments: [
            (.between(from: nil, to: nil), 1_000, 1_100), (.between(from: at(1_015), to: nil), 1_010, 1_100),
            (.between(from: nil, to: at(1_015)), 1_000, 1_020),
            (.between(from: at(500), to: at(501)), 500, 510),
            (.last(nanoseconds: 15_000_000_000), 1_080, 1_100), (.last(nanoseconds: .max), 1_000, 1_100),
            (.between(from: at(2_000), to: nil), 2_000, 2_000), (.between(from: nil, to: at(500)), 500, 500),
        ] as [(GraphQuery.Range, Int64, Int64)]
    )
    func `is widened to whole windows of what is stored`(
        range: GraphQuery.Range,
        start: Int64,
        end: Int64
    ) {
        let window = GraphQuery(range: range).window(stored: Self.stored)
        #expect(window == Window(start: Self.at(start), end: Self.at(end)))
    }

    @Test func `is empty for an empty store`() {
        let window = GraphQuery(range: .between(from: nil, to: nil)).window(stored: nil)
        #expect(window.start == window.end)
    }

    @Test func `survives absurd times in the store`() {
        let absurd = Window(start: Timestamp(nanoseconds: .min), end: Timestamp(nanoseconds: .max))
        for range in [GraphQuery.Range.between(from: nil, to: nil), .last(nanoseconds: .max)] {
            let window = GraphQuery(range: range).window(stored: absurd)
            #expect(window.start >= TimeExpression.earliest)
            #expect(window.end <= TimeExpression.latest)
        }
    }
}
