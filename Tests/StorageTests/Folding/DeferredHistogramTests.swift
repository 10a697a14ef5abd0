// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import GRDB
import Graph
import Storage
import TestKit
import Testing

@Suite struct `Histograms of a graph that are read when asked for` {
    private static func histograms(_ graph: ServiceGraph) -> [Histogram] {
        graph.edges.flatMap { edge in
            let metrics = edge.metrics
            let own = [metrics.connectTime, metrics.initialRtt, metrics.rtt]
            let protocols = metrics.protocols.sorted { $0.key.rawValue < $1.key.rawValue }.map(\.value)
            let times = protocols.flatMap { entry in
                let operations = entry.operations.sorted { $0.key < $1.key }.map(\.value.latency)
                return [entry.latency, entry.serverTime, entry.streamDuration] + operations
            }
            return own + [metrics.tlsHandshakes.handshakeTime] + times
        }
    }

    /// All that can be asked of a histogram, in an order of its own.
    private static func answers(_ histogram: Histogram) -> [UInt64?] {
        var answers = [
            histogram.quantileNanoseconds(0.95), histogram.minNanoseconds, histogram.count,
            histogram.quantileNanoseconds(0.5), histogram.sumNanoseconds, histogram.quantileNanoseconds(0.25),
            histogram.quantileNanoseconds(0.9), histogram.quantileNanoseconds(0.99), histogram.maxNanoseconds,
            histogram.quantileNanoseconds(1),
        ]
        for bucket in histogram.buckets {
            answers.append(UInt64(Int(bucket.index) + 1))
            answers.append(bucket.count)
        }
        return answers
    }

    @Test(arguments: UInt64(1)...6)
    func `answer like those that were added up at once`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("store.db"), access: .readWrite)
        var cluster = RandomCluster(seed: seed)
        for report in cluster.reports(40) { _ = try store.append(report) }
        if seed % 2 == 0 { _ = try store.rollUp(.all) }
        try store.append(inventory: cluster.inventory())
        var asked = 0
        for level in [GraphLevel.pod, .namespace] {
            let query = GraphQuery(level: level)
            let deferred = try GraphReader(store: store).graph(query).graph
            let summed = try GraphReader(store: store, maximumKeptBytes: 0).graph(query).graph
            let (mine, theirs) = (Self.histograms(deferred), Self.histograms(summed))
            #expect(mine.count == theirs.count)
            for (one, other) in zip(mine, theirs) {
                #expect(Self.answers(one) == Self.answers(other), "seed \(seed)")
                #expect(one == other && one.resolved == other)
                var own = Histogram()
                own.merge(other)
                own.record(nanoseconds: 77)
                var grown = one
                grown.record(nanoseconds: 77)
                #expect(grown == own)
                asked += one.isEmpty ? 0 : 1
            }
        }
        #expect(asked > 50)
    }

    /// Blocks that are not kept are read again, from whatever windows answer the range then.
    @Test(arguments: UInt64(1)...2)
    func `are what they were when windows were rolled up and pruned meanwhile`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("store.db"), access: .readWrite)
        var cluster = RandomCluster(seed: seed)
        for report in cluster.reports(20) { _ = try store.append(report) }
        try store.append(inventory: cluster.inventory())
        let query = GraphQuery(level: .namespace)
        let expected = Self.histograms(try GraphReader(store: store).graph(query).graph).map(Self.answers)
        let graph = try GraphReader(store: store, maximumKeptBytes: 0).graph(query).graph
        _ = try store.rollUp(.all)
        var policy = RetentionPolicy()
        policy.ages = [.tenSeconds: 0]
        #expect(try store.prune(policy)?.windows ?? 0 > 0)
        #expect(Self.histograms(graph).map(Self.answers) == expected)
        #expect(expected.contains { $0.count > 10 })
    }

    @Test func `are left out where the store says something else meanwhile`() throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("store.db"), access: .readWrite)
        var dice = RandomReports(seed: 6_300)
        let report = dice.report(reporter: 1, window: 0, edges: 8)
        _ = try store.append(report)
        let query = GraphQuery(level: .pod)
        let expected = Self.histograms(try GraphReader(store: store).graph(query).graph)
        let graph = try GraphReader(store: store, maximumKeptBytes: 0).graph(query).graph
        var late = report
        late.sequence += 1
        late.edges = Array(late.edges.prefix(4))
        _ = try store.append(late)
        var (same, absent) = (0, 0)
        for (one, other) in zip(Self.histograms(graph), expected) where !other.isEmpty {
            #expect(one.count == other.count)
            if one.quantileNanoseconds(0.5) == nil {
                #expect(one.buckets.isEmpty)
                absent += 1
            } else {
                #expect(Self.answers(one) == Self.answers(other))
                same += 1
            }
        }
        #expect(same > 0 && absent > 0)
    }

    /// The checksum is made right again, so that the bytes reach the columns.
    @Test(arguments: 0..<6)
    func `never trap where a block is damaged`(seed: Int) throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("map.db"), access: .readWrite)
        var dice = RandomReports(seed: 6_100 + UInt64(seed))
        for window in 0..<2 {
            _ = try store.append(dice.report(reporter: 1, window: Int64(window), edges: 8))
        }
        let connection = try DatabaseQueue(path: folder.file("map.db"))
        let block = try #require(
            try connection.read { try Data.fetchOne($0, sql: "SELECT data FROM block WHERE start = 0") }
        )
        var (refused, read) = (0, 0)
        for _ in 0..<60 {
            var body = Array(block.dropFirst(Frame.headerBytes))
            for _ in 0..<1 + dice.number(3) {
                body[dice.number(body.count)] = UInt8(truncatingIfNeeded: dice.next())
            }
            let damaged = Data(try resealed(body))
            try connection.write { database in
                try database.execute(sql: "UPDATE block SET data = ? WHERE start = 0", arguments: [damaged])
            }
            do {
                let graph = try GraphReader(store: store).graph(GraphQuery(level: .pod)).graph
                for histogram in Self.histograms(graph) { read += Self.answers(histogram).count }
            } catch let error as StorageError {
                #expect(error.code == .corrupt)
                refused += 1
            }
        }
        #expect(refused > 0 && read > 0, "seed \(seed)")
        try connection.close()
    }
}
