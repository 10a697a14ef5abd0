// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit

/// What tshark or svcmap says of one conversation; `a` and `b` are its two ends.
struct StreamFigures: Equatable {
    /// Figures by name, those of a direction with its sender's letter.
    var values: [String: Int64] = [:]

    mutating func add(_ name: String, _ value: Int64) { values[name, default: 0] += value }

    mutating func add(_ name: String, _ count: DirectionalCount, isClientA: Bool) {
        add(name + "A", Int64(clamping: isClientA ? count.sent : count.received))
        add(name + "B", Int64(clamping: isClientA ? count.received : count.sent))
    }

    /// The same with the ends exchanged.
    var mirrored: Self {
        var mirrored = Self()
        for (name, value) in values {
            switch name.last {
            case "A": mirrored.add(name.dropLast() + "B", value)
            case "B": mirrored.add(name.dropLast() + "A", value)
            default: mirrored.add(name, value)
            }
        }
        return mirrored
    }

    /// The same with both directions added up.
    var undirected: Self {
        var sums = Self()
        for (name, value) in values {
            sums.add(name.hasSuffix("A") || name.hasSuffix("B") ? String(name.dropLast()) : name, value)
        }
        return sums
    }

    mutating func add(_ other: Self) {
        for (name, value) in other.values { add(name, value) }
    }
}

/// One line of `Tests/Fixtures/streams.tsv`, written by `scripts/tshark-streams.py`.
struct StreamFact {
    let file: String
    let transport: TransportProtocol
    /// The number of its first frame, which end A sent.
    let first: Int
    let figures: StreamFigures

    /// Reads the table.
    ///
    /// - Parameter path: Of the table.
    /// - Returns: Its lines.
    /// - Throws: What reading it throws.
    static func table(_ path: String) throws -> [Self] {
        try Corpus.table(path).compactMap { columns in
            let numbers = columns.dropFirst(2).compactMap { Int64($0) }
            guard numbers.count == 16, let transport = TransportProtocol(name: columns[1]) else { return nil }
            var figures = StreamFigures()
            figures.add("streams", 1)
            let names = [
                "packetsA", "bytesA", "packetsB", "bytesB", "retransmittedA", "retransmittedB", "outOfOrderA",
                "outOfOrderB", "zeroWindowA", "zeroWindowB",
            ]
            for (name, value) in zip(names, numbers.dropFirst()) { figures.add(name, value) }
            figures.add("endedByReset", numbers[13])
            figures.add("initialRtts", numbers[14] >= 0 ? 1 : 0)
            figures.add("initialRtt", max(0, numbers[14]))
            figures.add("connectTimes", numbers[15] >= 0 ? 1 : 0)
            figures.add("connectTime", max(0, numbers[15]))
            return Self(
                file: columns[0],
                transport: transport,
                first: Int(numbers[0]),
                figures: figures
            )
        }
    }
}

extension EdgeRow {
    /// The figures that `StreamFact` has, too.
    func figures(isClientA: Bool) -> StreamFigures {
        var figures = StreamFigures()
        figures.add("streams", Int64(clamping: dialled.values.reduce(0, +)))
        figures.add("packets", metrics.packets, isClientA: isClientA)
        figures.add("bytes", metrics.bytes, isClientA: isClientA)
        figures.add("retransmitted", metrics.retransmitted, isClientA: isClientA)
        figures.add("outOfOrder", metrics.outOfOrder, isClientA: isClientA)
        figures.add("zeroWindow", metrics.zeroWindow, isClientA: isClientA)
        figures.add("endedByReset", Int64(clamping: metrics.connections.reset + metrics.connections.refused))
        figures.add("initialRtts", Int64(clamping: metrics.initialRtt.count))
        figures.add("initialRtt", Int64(clamping: metrics.initialRtt.sumNanoseconds))
        figures.add("connectTimes", Int64(clamping: metrics.connectTime.count))
        figures.add("connectTime", Int64(clamping: metrics.connectTime.sumNanoseconds))
        return figures
    }

    /// Whether a conversation between two ends may be on this edge.
    func mayHold(_ tuple: FiveTuple) -> Bool {
        func fits(_ client: IPAddress, _ clientPort: UInt16, _ server: IPAddress, _ port: UInt16) -> Bool {
            key.client.address == client && key.server.address == server && key.port == port
                && (key.originatorPort == 0 || key.originatorPort == clientPort)
        }
        return key.transport == tuple.transport
            && (fits(tuple.source, tuple.sourcePort, tuple.destination, tuple.destinationPort)
                || fits(tuple.destination, tuple.destinationPort, tuple.source, tuple.sourcePort))
    }
}
