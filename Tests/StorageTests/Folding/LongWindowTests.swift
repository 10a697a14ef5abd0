// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB
import Graph
import Storage
import TestKit
import Testing

/// Windows of 30 days, in which addresses change hands.
@Suite struct `Graphs of windows of thirty days` {
    @Test(arguments: UInt64(1)...12)
    func `are those of the base windows`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let store = try WindowStore(path: folder.file("store.db"), access: .readWrite)
        var cluster = RandomCluster(seed: 500 + seed, isOfDays: true)
        for report in cluster.reports(30) { _ = try store.append(report) }
        #expect(try store.rollUp(.all)?.isDone == true)
        try store.append(inventory: cluster.inventory())
        let reader = try GraphReader(store: store)
        let levels: [GraphLevel] = [.workload, GraphLevel.allCases[Int(seed) % GraphLevel.allCases.count]]
        for level in Set(levels) {
            let query = GraphQuery(level: level)
            let found = try reader.graph(query).graph
            let difference = `Graphs of a store`.difference(
                found,
                try `Graphs of a store`.oracle(store, query)
            )
            #expect(difference == nil, "seed \(seed) at level \(level)")
            // Who was at the ends is told apart, though they are one node.
            let fine = try GraphReader(store: store)
            _ = try fine.graph(query, coarsest: .day)
            for node in found.nodes {
                let detail = try reader.detail(ofNode: node.id, in: query)
                #expect(detail == (try fine.detail(ofNode: node.id, in: query)), "seed \(seed), \(node.id)")
            }
        }
    }

    /// Two pods of one workload have an address after each other, and nobody in between.
    @Test func `need no others where what takes an address over is the same node`() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.db")
        let store = try WindowStore(path: path, access: .readWrite)
        let days = (0..<6).map { Self.start + Int64($0 * 2) * Self.day }
        var facts: [InventoryFact] = []
        for (number, start) in days.enumerated() {
            var pod = PodFact(namespace: "shop", name: "web-\(number)", uid: "\(number)")
            pod.addresses = [IPAddress(v4: 0x0A01_0001)]
            pod.owner = OwnerReference(kind: "StatefulSet", name: "web")
            pod.createdAt = start
            pod.endedAt = start + Self.day / 4
            facts.append(.pod(pod))
        }
        try store.append(inventory: facts.map { InventoryObservation(cluster: "default", fact: $0) })
        let endpoints = [0x0A01_0001, 0x0A01_0002].map { address in
            Endpoint(scope: "default", address: IPAddress(v4: UInt32(address)))
        }
        for start in days {
            let window = Window.containing(start + Self.day / 8)
            var report = WindowReport(
                cluster: "default",
                reporter: Reporter(id: "one", name: "one"),
                window: window,
                sequence: 0,
                observed: window
            )
            let key = EdgeKey(
                client: endpoints[0],
                server: endpoints[1],
                port: 80,
                transport: .tcp,
                orientation: .observed
            )
            var metrics = EdgeMetrics()
            metrics.connections.established = 3
            report.edges = [EdgeRow(key: key, metrics: metrics)]
            _ = try store.append(report)
        }
        #expect(try store.rollUp(.all)?.isDone == true)
        let query = GraphQuery(
            range: .between(from: Self.start, to: Self.start + 30 * Self.day),
            level: .workload
        )
        let expected = try `Graphs of a store`.oracle(store, query)
        let connection = try DatabaseQueue(path: path)
        try connection.write { database in
            try database.execute(
                sql: "DELETE FROM summary_block WHERE resolution <> ?",
                arguments: [Resolution.thirtyDays.rawValue]
            )
        }
        let graph = try GraphReader(store: store).graph(query).graph
        #expect(graph.edges.map(\.client) == ["workload/shop/StatefulSet/web"])
        #expect(graph.edges.map(\.metrics.connections.established) == [18])
        #expect(graph == expected)
        // Who asks for pods needs the days, which are gone.
        let pods = try GraphReader(store: store).graph(GraphQuery(range: query.range, level: .pod)).graph
        #expect(pods.edges.isEmpty)
        try connection.close()
    }

    private static let day = Resolution.day.nanoseconds
    /// The begin of a window of 30 days.
    private static let start = Timestamp(nanoseconds: 0)
}
