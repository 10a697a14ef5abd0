// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Kinds of histograms, by where in a row they lie.
struct HistogramKinds: OptionSet, Sendable {
    let rawValue: UInt8

    /// Those that an edge has once.
    static let times = Self(rawValue: 1)
    static let latency = Self(rawValue: 2)
    /// The other ones of a protocol.
    static let protocolTimes = Self(rawValue: 4)
    static let operations = Self(rawValue: 8)
    static let all: Self = [.times, .latency, .protocolTimes, .operations]
}

/// Which histogram of which edge one is.
struct HistogramKey: Hashable, Sendable, BitwiseCopyable {
    /// The edge.
    var slot: Int32
    /// Of those of its kind.
    var number: UInt8 = 0
    let kind: UInt8
    /// The string id of the protocol; 0 for what an edge has once.
    var name: UInt64 = 0
    /// The string id of the operation.
    var operation: UInt64 = 0

    init(_ kind: HistogramKinds, slot: Int, number: Int = 0, name: UInt64 = 0, operation: UInt64 = 0) {
        self.kind = kind.rawValue
        self.slot = Int32(truncatingIfNeeded: slot)
        self.number = UInt8(truncatingIfNeeded: number)
        self.name = name
        self.operation = operation
    }

    var kinds: HistogramKinds { HistogramKinds(rawValue: kind) }
}

extension SlotSums {
    /// All histograms that were added up, by position.
    mutating func values() -> [Histogram] {
        let count = histograms.count
        let buckets = finish()
        return (0..<count).map { histograms.histogram($0, in: buckets) }
    }

    /// What is mostly asked of them.
    mutating func digests() -> [(count: UInt64, digest: HistogramDigest)] { histograms.digests() }

    /// Which histogram is which, for so many of them by position.
    func histogramKeys(_ count: Int) -> [HistogramKey] {
        var keys = [HistogramKey](repeating: HistogramKey([], slot: -1), count: count)
        func note(_ word: UInt64, _ key: HistogramKey) {
            if word > 0 { keys[Int(truncatingIfNeeded: word) - 1] = key }
        }
        for slot in 0..<slots {
            for number in 0..<4 {
                note(times[slot * 4 + number], HistogramKey(.times, slot: slot, number: number))
            }
        }
        for position in 0..<protocols.count {
            let (slot, name) = (protocols.owner(position), protocols.name(position))
            for number in 0..<3 {
                let kind: HistogramKinds =
                    number == ProtocolTime.latency.rawValue ? .latency : .protocolTimes
                let key = HistogramKey(kind, slot: slot, number: number, name: name)
                note(protocolTimes[position * 3 + number], key)
            }
        }
        for position in 0..<operations.count {
            let owner = operations.owner(position)
            let key = HistogramKey(
                .operations,
                slot: protocols.owner(owner),
                name: protocols.name(owner),
                operation: operations.name(position)
            )
            note(operationTimes[position], key)
        }
        return keys
    }
}
