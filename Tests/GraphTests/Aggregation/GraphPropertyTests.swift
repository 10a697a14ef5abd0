// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import TestKit
import Testing

/// Random reports of the shop, for what must hold of any.
@Suite struct `Any reports` {
    static let addresses = [
        "10.1.0.11", "10.1.1.11", "10.1.0.12", "10.1.1.13", "10.1.0.14", "10.1.0.1", "192.168.0.1",
        "192.168.0.2",
        "203.0.113.9", "10.96.0.11", "10.96.0.12",
    ]
    static let ports: [UInt16] = [80, 8_080, 5_432, 6_443, 30_080, 40_000, 50_000]

    static let names = [
        NameObservation(endpoint: Shop.endpoint("203.0.113.9"), name: "pay.example", source: .tls),
        NameObservation(endpoint: Shop.endpoint("203.0.113.9"), name: "api.pay.example", source: .tls),
    ]

    static func pick<Element>(_ elements: [Element], _ generator: inout SeededGenerator) -> Element {
        elements[Int(generator.next() % UInt64(elements.count))]
    }

    static func row(_ generator: inout SeededGenerator) -> EdgeRow {
        let orientation = pick(Orientation.allOfThem, &generator)
        let (server, port) = (pick(addresses, &generator), pick(ports, &generator))
        var row = Shop.row(
            pick(addresses, &generator),
            server,
            port,
            orientation: orientation,
            originatorPort: orientation == .undecided ? pick(ports, &generator) : 0,
            requests: orientation == .undecided ? 0 : generator.next() % 20,
            dialled: generator.next() % 2 == 0
                ? []
                : [
                    (server, port, generator.next() % 9),
                    (pick(addresses, &generator), 80, generator.next() % 9),
                ]
        )
        row.metrics.bytes = DirectionalCount(
            sent: generator.next() % 1_000,
            received: generator.next() % 1_000
        )
        row.metrics.connections.open = generator.next() % 5
        row.metrics.connectTime.record(nanoseconds: Int64(generator.next() % 1_000_000_000))
        row.metrics.protocols[.http]?.inFlight = generator.next() % 3
        if generator.next() % 3 == 0 {
            var redis = ProtocolMetrics()
            redis.recognized = generator.next() % 4
            redis.session = generator.next() % 5
            redis.messages = DirectionalCount(sent: generator.next() % 9, received: generator.next() % 9)
            row.metrics.protocols[.redis] = redis
            row.metrics.tlsHandshakes.attempted = generator.next() % 9
            row.metrics.tlsHandshakes.resumed = generator.next() % 9
            row.metrics.tlsHandshakes.failed = ["unknown_ca": generator.next() % 3]
            row.metrics.tlsHandshakes.handshakeTime.record(nanoseconds: Int64(generator.next() % 9_000_000))
            row.samples.offer(sample(&generator))
        }
        row.metrics.protocols[.http]?.statuses = ["200": generator.next() % 9]
        return row
    }

    private static func sample(_ generator: inout SeededGenerator) -> TransactionSample {
        TransactionSample(
            applicationProtocol: .redis,
            operation: "GET",
            outcome: .ok,
            at: Timestamp(nanoseconds: Int64(generator.next() >> 2)),
            ended: generator.next() % 1_000_000
        )
    }

    static func reports(seed: UInt64) -> [WindowReport] {
        var generator = SeededGenerator(seed: seed)
        var reports: [WindowReport] = []
        for number in 0..<5 {
            for reporter in ["a", "b", "c"] where generator.next() % 4 > 0 {
                for sequence in 0...(generator.next() % 2) {
                    let rows = (0..<(generator.next() % 12)).map { _ in row(&generator) }
                    let local = addresses.filter { _ in generator.next() % 3 == 0 }
                        .map { ($0, pick(Locality.allCases, &generator)) }
                    let start = Double(number * 10) + Double(generator.next() % 5)
                    let observed = Window(
                        start: Shop.at(start),
                        end: Shop.at(start + Double(generator.next() % 5))
                    )
                    reports.append(
                        Shop.report(
                            number,
                            rows,
                            reporter: reporter,
                            sequence: sequence,
                            observed: observed,
                            local: local
                        )
                    )
                }
            }
        }
        return reports
    }

    @Test(arguments: UInt64(1)...25)
    func `give equal graphs in any order`(seed: UInt64) {
        let reports = Self.reports(seed: seed)
        var generator = SeededGenerator(seed: seed ^ 0xFF)
        for level in GraphLevel.allCases {
            let graph = Shop.graph(reports, level: level, names: Self.names)
            for _ in 0..<3 {
                let shuffled = reports.map { report in
                    var report = report
                    report.edges.shuffle(using: &generator)
                    report.localAddresses.shuffle(using: &generator)
                    return report
                }.shuffled(using: &generator)
                let again = Shop.graph(
                    shuffled,
                    level: level,
                    inventory: Shop.inventory.shuffled(using: &generator),
                    names: Self.names.shuffled(using: &generator)
                )
                #expect(again == graph, "seed \(seed) at level \(level)")
            }
        }
    }

    @Test(arguments: UInt64(1)...25)
    func `add up to the same at every level`(seed: UInt64) {
        func sum(_ graph: ServiceGraph) -> EdgeMetrics {
            graph.edges.reduce(into: EdgeMetrics()) { $0.merge($1.metrics) }
        }
        let reports = Self.reports(seed: seed)
        let pods = Shop.graph(reports, level: .pod, names: Self.names)
        for level in GraphLevel.allCases {
            let graph = Shop.graph(reports, level: level, names: Self.names)
            #expect(sum(graph) == sum(pods), "seed \(seed) at level \(level)")
            #expect(graph.coverage == pods.coverage)
            #expect(graph.observedSeconds == pods.observedSeconds)
            #expect(graph.edges.count <= pods.edges.count)
        }
    }

    @Test(arguments: UInt64(1)...25)
    func `have edges only between their nodes, each once`(seed: UInt64) {
        for level in GraphLevel.allCases {
            let graph = Shop.graph(Self.reports(seed: seed), level: level, names: Self.names)
            let ids = graph.nodes.map(\.id)
            #expect(ids == ids.sorted() && Set(ids).count == ids.count)
            #expect(Set(graph.edges.flatMap { [$0.client, $0.server] }) == Set(ids))
            #expect(Set(graph.edges.map(\.id)).count == graph.edges.count)
            #expect(graph.edges.map(\.id) == graph.edges.map(\.id).sorted())
        }
    }

    @Test(arguments: UInt64(1)...25)
    func `of one reporter conserve every count`(seed: UInt64) {
        let reports = Self.reports(seed: seed).filter { $0.reporter.id == "a" }
        var expected = EdgeMetrics()
        for row in reports.flatMap(\.edges) { expected.merge(row.metrics) }
        expected.clearGauges()
        var found = Shop.graph(reports).edges.reduce(into: EdgeMetrics()) { $0.merge($1.metrics) }
        found.clearGauges()
        // Turned edges exchange what was sent and received, never their sum.
        #expect(found.bytes.sent + found.bytes.received == expected.bytes.sent + expected.bytes.received)
        #expect(found.connections == expected.connections)
        #expect(found.connectTime == expected.connectTime)
        #expect(found.tlsHandshakes == expected.tlsHandshakes)
        let (redis, all) = (found.protocols[.redis], expected.protocols[.redis])
        #expect(redis?.recognized == all?.recognized)
        #expect(redis?.session == all?.session)
        #expect(redis?.messages.total == all?.messages.total)
        #expect(found.protocols[.http]?.requests == expected.protocols[.http]?.requests)
        #expect(found.protocols[.http]?.statuses == expected.protocols[.http]?.statuses)
    }

    @Test(arguments: UInt64(1)...10)
    func `have each sample on one edge, whatever the level`(seed: UInt64) {
        let reports = Self.reports(seed: seed)
        let samples = GraphLevel.allCases.map { level in
            let builder = Shop.builder(reports, level: level, names: Self.names)
            let edges = builder.build().edges.map(\.id)
            let lists = edges.map { edge in builder.samples { $0 == edge } }
            for (edge, list) in zip(edges, lists) { #expect(list.allSatisfy { $0.edge == edge }) }
            let all = builder.samples { _ in true }
            #expect(all.count == lists.reduce(0) { $0 + $1.count })
            return all.map(\.sample).sorted { $0.isOrderedBefore($1) }
        }
        for level in samples.dropFirst() { #expect(level == samples[0]) }
        if reports.count > 1 { #expect(!samples[0].isEmpty) }
        #expect(Shop.builder(reports).samples { $0 == "nothing" }.isEmpty)
    }

    @Test(arguments: UInt64(1)...10)
    func `split by window add up to the whole`(seed: UInt64) {
        let reports = Self.reports(seed: seed)
        func counts(_ graphs: [ServiceGraph]) -> [String: EdgeMetrics] {
            var sums: [String: EdgeMetrics] = [:]
            for edge in graphs.flatMap(\.edges) {
                var metrics = edge.metrics
                metrics.clearGauges()
                sums[edge.id, default: EdgeMetrics()].merge(metrics)
            }
            return sums
        }
        let parts = (0..<5).map { number in Shop.graph(reports.filter { $0.window == Shop.window(number) }) }
        #expect(counts(parts) == counts([Shop.graph(reports)]))
    }
}

extension Orientation {
    fileprivate static let allOfThem: [Orientation] = [.observed, .dissected, .undecided]
}

extension DirectionalCount {
    fileprivate var total: UInt64 { sent + received }
}
