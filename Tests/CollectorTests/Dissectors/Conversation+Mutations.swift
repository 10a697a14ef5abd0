// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit

extension Conversation {
    /// Follows copies of the conversation that were damaged, each in another way.
    func mutated(
        times: Int,
        ports: (UInt16, UInt16) = (40_000, 7_777),
        headers: SampledHeaders? = nil,
        _ body: (Result, Int) -> Void
    ) {
        for seed in 0..<times {
            let talk = mutated(seed: UInt64(seed))
            body(talk.follow(ports: ports, advance: 30_000, close: 90_000, headers: headers), seed)
        }
    }

    /// A copy that was damaged in one to four places.
    func mutated(seed: UInt64) -> Conversation {
        var random = SeededGenerator(seed: seed)
        var talk = self
        for _ in 0..<Int.random(in: 1...4, using: &random) { talk.mutate(using: &random) }
        return talk
    }

    private mutating func mutate(using random: inout SeededGenerator) {
        let index = Int.random(in: 0..<packets.count, using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0 where packets.count > 1: packets.remove(at: index)
        case 1: packets.insert(packets[index], at: Int.random(in: 0...packets.count, using: &random))
        case 2: packets.shuffle(using: &random)
        case 3: packets[index].sequence = UInt32.random(in: 0 ... .max, using: &random)
        case 4: packets[index].flags = TCPFlags(rawValue: UInt8.random(in: 0...63, using: &random))
        case 5:
            packets[index].wireLength = Int.random(in: 0...70_000, using: &random)
            packets[index].acknowledgment = UInt32.random(in: 0 ... .max, using: &random)
        default:
            guard let at = packets[index].payload.indices.randomElement(using: &random) else { return }
            packets[index].payload[at] = UInt8.random(in: 0...255, using: &random)
        }
    }
}

extension Conversation.Result {
    /// Every request that started has an outcome or is counted as lost, and responses have instants.
    var isBalanced: Bool {
        let requests = finished.filter { !$0.isSession }
        let lost = losses.filter { $0 == .unmatchedRequests }.count
        return inFlight == 0 && started.count == requests.count + lost
            && finished.allSatisfy {
                $0.isIncomplete == ($0.responseStart != nil && $0.responseEnd == nil)
                    && $0.requestStart <= $0.endedAt
            }
    }
}
