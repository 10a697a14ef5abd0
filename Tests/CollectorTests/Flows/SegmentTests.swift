// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Segments` {
    let leg = Leg(client: "10.0.0.1", server: "10.0.0.2")

    private func payload(_ count: Int, _ value: UInt8 = 7) -> [UInt8] {
        Array(repeating: value, count: count)
    }

    /// Initial sequence numbers before, at and beyond the end of the sequence space.
    static let starts: [UInt32] = [100, .max - 5, .max, 0x7FFF_FFF0]

    @Test(arguments: starts)
    func `what was seen before is retransmitted`(start: UInt32) {
        let script = FrameScript()
        script.handshake(0, [leg], client: start)
        let first = start &+ 1
        script.tcp(10, [leg], .ack, sequence: first, acknowledgment: 901, payload: payload(10))
        script.tcp(20, [leg], .ack, sequence: first &+ 10, acknowledgment: 901, payload: payload(10))
        script.tcp(300, [leg], .ack, sequence: first, acknowledgment: 901, payload: payload(10))
        script.tcp(310, [leg], .ack, sequence: first &+ 5, acknowledgment: 901, payload: payload(10))
        let row = script.finish().onlyEdge
        #expect(row.metrics.retransmitted == DirectionalCount(sent: 2))
        #expect(row.metrics.outOfOrder == DirectionalCount())
    }

    @Test(arguments: starts, [1.0, 400])
    func `a hole filled at once is disorder, later a retransmission`(start: UInt32, delay: Double) {
        let script = FrameScript()
        script.handshake(0, [leg], client: start)
        let first = start &+ 1
        script.tcp(10, [leg], .ack, sequence: first &+ 10, acknowledgment: 901, payload: payload(10))
        script.tcp(10 + delay, [leg], .ack, sequence: first, acknowledgment: 901, payload: payload(10))
        let row = script.finish().onlyEdge
        #expect(row.metrics.outOfOrder.sent == (delay < 3 ? 1 : 0))
        #expect(row.metrics.retransmitted.sent == (delay < 3 ? 0 : 1))
    }

    @Test func `keep-alives and pure acknowledgments are not retransmissions`() {
        let script = FrameScript()
        script.handshake(0, [leg])
        script.tcp(10, [leg], .ack, sequence: 101, acknowledgment: 901, payload: payload(10))
        for time in [20.0, 500, 1_000] {
            script.tcp(time, [leg], .ack, sequence: 110, acknowledgment: 901)
            script.tcp(time + 1, [leg], .ack, sequence: 110, acknowledgment: 901, payload: [0])
            script.tcp(time + 2, [leg], isFromClient: false, .ack, sequence: 901, acknowledgment: 111)
        }
        #expect(script.finish().onlyEdge.metrics.retransmitted == DirectionalCount())
    }

    @Test func `zero windows count for their sender`() {
        let script = FrameScript()
        script.handshake(0, [leg])
        script.tcp(10, [leg], isFromClient: false, .ack, sequence: 901, acknowledgment: 101, window: 0)
        script.tcp(11, [leg], isFromClient: false, .ack, sequence: 901, acknowledgment: 101, window: 5)
        script.tcp(12, [leg], [.rst], sequence: 101, window: 0)
        #expect(script.finish().onlyEdge.metrics.zeroWindow == DirectionalCount(received: 1))
    }

    @Test func `round trips are from the client's data to its acknowledgment, not after repetition`() {
        let script = FrameScript()
        script.handshake(0, [leg])
        script.tcp(10, [leg], .ack, sequence: 101, acknowledgment: 901, payload: payload(10))
        script.tcp(14, [leg], isFromClient: false, .ack, sequence: 901, acknowledgment: 111)
        script.tcp(20, [leg], .ack, sequence: 111, acknowledgment: 901, payload: payload(10))
        script.tcp(250, [leg], .ack, sequence: 111, acknowledgment: 901, payload: payload(10))
        script.tcp(
            251,
            [leg],
            isFromClient: false,
            .ack,
            sequence: 901,
            acknowledgment: 121,
            payload: payload(3)
        )
        script.tcp(290, [leg], .ack, sequence: 121, acknowledgment: 904)
        let rtt = script.finish().onlyEdge.metrics.rtt
        #expect(rtt.count == 1)
        #expect(rtt.sumNanoseconds == 4_000_000)
    }

    /// Five segments of the server, of which some are lost before we see them, and one more for
    /// each acknowledgment that asks for the first of those; inside a cluster, all of it takes
    /// less than 3 ms.
    private func lossy(_ script: FrameScript, server: UInt32, lost: Set<Int>, repeats: Int) {
        script.handshake(0, [leg], server: server)
        let first = server &+ 1
        let hole = lost.min() ?? 0
        for index in 0..<5 where !lost.contains(index) {
            let time = 10 + Double(index) * 0.1
            script.tcp(
                time,
                [leg],
                isFromClient: false,
                .ack,
                sequence: first &+ UInt32(index * 10),
                acknowledgment: 101,
                payload: payload(10)
            )
        }
        for index in 0...repeats {
            let time = 10.5 + Double(index) * 0.05
            script.tcp(time, [leg], .ack, sequence: 101, acknowledgment: first &+ UInt32(hole * 10))
        }
        for (index, segment) in lost.sorted().enumerated() {
            script.tcp(
                11 + Double(index) * 0.1,
                [leg],
                isFromClient: false,
                .ack,
                sequence: first &+ UInt32(segment * 10),
                acknowledgment: 101,
                payload: payload(10)
            )
        }
    }

    @Test(arguments: starts, [[1], [1, 3], [0, 2]])
    func `what was asked for again is retransmitted, however soon, with all that was lost then`(
        start: UInt32,
        lost: [Int]
    ) {
        let script = FrameScript()
        lossy(script, server: start, lost: Set(lost), repeats: 2)
        let metrics = script.finish().onlyEdge.metrics
        #expect(metrics.retransmitted == DirectionalCount(received: UInt64(lost.count)))
        #expect(metrics.outOfOrder == DirectionalCount())
    }

    @Test(arguments: starts)
    func `one repeated acknowledgment is not enough: the network reorders, too`(start: UInt32) {
        let script = FrameScript()
        lossy(script, server: start, lost: [1], repeats: 1)
        let metrics = script.finish().onlyEdge.metrics
        #expect(metrics.retransmitted == DirectionalCount())
        #expect(metrics.outOfOrder == DirectionalCount(received: 1))
    }

    @Test func `disorder after a recovery is disorder again`() {
        let script = FrameScript()
        lossy(script, server: 900, lost: [1], repeats: 3)
        for (time, offset) in [(20.0, UInt32(60)), (20.1, 50)] {
            script.tcp(
                time,
                [leg],
                isFromClient: false,
                .ack,
                sequence: 901 + offset,
                acknowledgment: 101,
                payload: payload(10)
            )
        }
        let metrics = script.finish().onlyEdge.metrics
        #expect(metrics.retransmitted == DirectionalCount(received: 1))
        #expect(metrics.outOfOrder == DirectionalCount(received: 1))
    }

    @Test(arguments: starts)
    func `the byte that probes a closed window is not data sent twice`(start: UInt32) {
        let script = FrameScript()
        script.handshake(0, [leg], client: start)
        let next = start &+ 1
        for time in [10.0, 300, 900] {
            script.tcp(
                time,
                [leg],
                isFromClient: false,
                .ack,
                sequence: 901,
                acknowledgment: next,
                window: 0
            )
            script.tcp(time + 200, [leg], .ack, sequence: next, acknowledgment: 901, payload: [1])
        }
        script.tcp(1_200, [leg], isFromClient: false, .ack, sequence: 901, acknowledgment: next)
        script.tcp(1_201, [leg], .ack, sequence: next, acknowledgment: 901, payload: payload(10, 1))
        let metrics = script.finish().onlyEdge.metrics
        #expect(metrics.retransmitted == DirectionalCount())
        #expect(metrics.outOfOrder == DirectionalCount())
        #expect(metrics.zeroWindow == DirectionalCount(received: 3))
    }

    /// A naive model that remembers each number that was seen.
    @Test(arguments: 0..<20)
    func `judgements agree with a model that remembers every byte`(round: Int) {
        var random = SeededGenerator(default: UInt64(round) + 1)
        let script = FrameScript()
        let start = UInt32.max - UInt32.random(in: 0...600, using: &random)
        script.handshake(0, [leg], client: start)
        var seen: Set<UInt32> = [start]
        var highest = 0
        var retransmitted: UInt64 = 0
        var outOfOrder: UInt64 = 0
        var time = 10.0
        for _ in 0..<60 {
            // Beyond the 3 ms of disorder, so that filled holes are retransmissions; at most one hole
            // at a time is open, which is what the model and the four remembered ones agree on.
            time += 5
            let isNext = Bool.random(using: &random)
            let offset = isNext ? highest : Int.random(in: 0...highest, using: &random)
            let count = Int.random(in: 2...20, using: &random)
            let numbers = (0..<count).map { start &+ 1 &+ UInt32(offset + $0) }
            let known = numbers.filter { seen.contains($0) }.count
            if known > 0 { retransmitted += 1 }
            if known == 0, offset < highest { outOfOrder += 1 }
            seen.formUnion(numbers)
            highest = max(highest, offset + count)
            script.tcp(
                time,
                [leg],
                .ack,
                sequence: start &+ 1 &+ UInt32(offset),
                acknowledgment: 901,
                payload: payload(count, UInt8.random(in: 0...255, using: &random))
            )
        }
        let metrics = script.finish().onlyEdge.metrics
        #expect(metrics.retransmitted.sent == retransmitted)
        #expect(metrics.outOfOrder.sent == outOfOrder)
    }

    /// Segments of ten bytes that were reordered, repeated and lost, beside a model that remembers
    /// when each number was first missed.
    @Test(arguments: 0..<40)
    func `judgements of shuffled segments agree with a model, too`(round: Int) {
        var random = SeededGenerator(default: UInt64(round) + 500)
        let script = FrameScript()
        let start = UInt32.max - UInt32.random(in: 0...1_500, using: &random)
        script.handshake(0, [leg], client: start)
        var queue = Array(0..<150)
        for index in queue.indices.dropLast(2) where Int.random(in: 0..<4, using: &random) == 0 {
            queue.swapAt(index, index + Int.random(in: 1...2, using: &random))
        }
        for _ in 0..<20 {
            let index = Int.random(in: 1..<queue.count - 12, using: &random)
            queue.insert(queue[index], at: index + Int.random(in: 0...10, using: &random))
        }
        queue.removeAll { $0 > 0 && $0 % 29 == round % 29 }
        var seen: Set<Int> = []
        var missedAt: [Int: Double] = [:]
        var (next, time) = (0, 10.0)
        var retransmitted: UInt64 = 0
        var outOfOrder: UInt64 = 0
        for segment in queue {
            // Some holes are filled within 3 ms and others not.
            time += [0.25, 0.5, 2, 4].randomElement(using: &random) ?? 1
            if segment >= next {
                for missed in next..<segment { missedAt[missed] = time }
                next = segment + 1
            } else if !seen.contains(segment), time - (missedAt[segment] ?? -10) <= 3 {
                outOfOrder += 1
            } else {
                retransmitted += 1
            }
            seen.insert(segment)
            script.tcp(
                time,
                [leg],
                .ack,
                sequence: start &+ 1 &+ UInt32(segment * 10),
                acknowledgment: 901,
                payload: payload(10, UInt8(truncatingIfNeeded: segment))
            )
        }
        let metrics = script.finish().onlyEdge.metrics
        #expect(metrics.retransmitted.sent == retransmitted)
        #expect(metrics.outOfOrder.sent == outOfOrder)
        #expect(retransmitted > 0 && outOfOrder > 0)
    }
}
