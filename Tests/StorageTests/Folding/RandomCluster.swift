// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import TestKit

/// A cluster whose pods take each other's addresses while reports are made of it.
struct RandomCluster {
    private static let addresses = (1...12).map { "10.1.0.\($0)" } + ["10.96.0.1", "10.96.0.2", "10.96.0.3"]
    private static let ports: [UInt16] = [80, 8_080, 5_432, 30_080, 40_000, 50_000]
    /// A midnight, in nanoseconds.
    static let midnight: Int64 = 1_795_305_600_000_000_000

    private var dice: RandomReports
    /// Instants, in base windows from midnight, around which there is traffic.
    private let centers: [Int64]

    /// - Parameters:
    ///   - seed: For the dice.
    ///   - isOfDays: Whether traffic lies days apart, within one window of 30 days.
    init(seed: UInt64, isOfDays: Bool = false) {
        dice = RandomReports(seed: seed)
        // Across a midnight, an hour and nothing special.
        let offset = 4_000 + Int64(dice.number(3_000))
        centers =
            isOfDays ? [-6, 17_280 + 360 - 4, 5 * 8_640 - 7, 60_480 + offset] : [-6, 356, 2_160, offset]
    }

    static func endpoint(_ text: String, scope: String = "default") -> Endpoint {
        Endpoint(scope: scope, address: IPAddress(text) ?? IPAddress(v4: 0))
    }

    // MARK: - Inventory

    mutating func inventory() -> [InventoryObservation] {
        var facts: [InventoryFact] = []
        for number in 0..<dice.number(30) {
            var pod = PodFact(
                namespace: dice.chance(2, of: 3) ? "shop" : "back",
                name: "pod-\(number % 20)",
                uid: "\(number)"
            )
            pod.addresses = [Self.endpoint(Self.addresses[dice.number(12)]).address]
            pod.labels = ["app": "app-\(dice.number(4))"]
            pod.nodeName = "n\(dice.number(2))"
            if dice.chance(1, of: 2) {
                pod.owner = OwnerReference(kind: "StatefulSet", name: "set-\(dice.number(4))")
            }
            if dice.chance(1, of: 2) {
                pod.ports = [PortFact(port: Self.ports[dice.number(6)], transport: .tcp)]
            }
            pod.createdAt = instant()
            if dice.chance(1, of: 2) { pod.endedAt = max(pod.createdAt ?? instant(), instant()) }
            facts.append(.pod(pod))
        }
        for number in 0..<dice.number(5) {
            var service = ServiceFact(namespace: "shop", name: "svc-\(number)", uid: "s\(number)")
            service.clusterAddresses = [Self.endpoint("10.96.0.\(1 + dice.number(3))").address]
            service.selector = ["app": "app-\(dice.number(4))"]
            service.ports = [
                PortFact(port: 80, transport: .tcp, nodePort: dice.chance(1, of: 3) ? 30_080 : nil)
            ]
            service.createdAt = dice.chance(1, of: 2) ? instant() : Timestamp(nanoseconds: 0)
            if dice.chance(1, of: 4) { service.endedAt = instant() }
            facts.append(.service(service))
        }
        var node = NodeFact(name: "n0", uid: "n0")
        node.addresses = [Self.endpoint("10.1.0.12").address]
        node.createdAt = dice.chance(1, of: 2) ? instant() : Timestamp(nanoseconds: 0)
        facts.append(.node(node))
        return facts.map { InventoryObservation(cluster: "default", fact: $0) }
    }

    /// Near some traffic, most often not at the border of a window.
    private mutating func instant() -> Timestamp {
        let window = centers[dice.number(4)] + Int64(dice.number(20)) - 2
        let offset = dice.chance(1, of: 3) ? 0 : Int64(dice.number(10_000)) * 1_000_000
        return Timestamp(nanoseconds: Self.midnight + window * Window.baseNanoseconds + offset)
    }

    // MARK: - Reports

    mutating func reports(_ count: Int) -> [WindowReport] {
        var next: [String: UInt64] = [:]
        return (0..<count).map { _ in
            let reporter = dice.number(3)
            let window =
                Self.midnight / Window.baseNanoseconds + centers[dice.number(4)] + Int64(dice.number(14))
            let sequence = next["\(reporter) \(window)"] ?? 0
            next["\(reporter) \(window)"] = sequence + 1
            var report = dice.report(reporter: reporter, window: window, sequence: sequence, edges: 0)
            report.cluster = dice.chance(19, of: 20) ? "default" : "other"
            var rows: [EdgeKey: EdgeRow] = [:]
            for _ in 0..<dice.number(9) {
                let row = row(reporter: "reporter-\(reporter)")
                rows[row.key] = row
            }
            report.edges = rows.values.sorted { $0.key < $1.key }
            report.localAddresses = (0..<dice.number(9)).map { _ in
                LocalAddress(
                    endpoint: Self.endpoint(Self.addresses[dice.number(15)]),
                    locality: dice.chance(1, of: 2) ? .own : .adjacent
                )
            }
            return report
        }
    }

    private mutating func row(reporter: String) -> EdgeRow {
        let isLoopback = dice.chance(1, of: 20)
        func endpoint(_ number: Int) -> Endpoint {
            isLoopback
                ? Self.endpoint("127.0.0.1", scope: reporter) : Self.endpoint(Self.addresses[number])
        }
        let orientation: Orientation = dice.chance(1, of: 3) ? .undecided : .observed
        let server = endpoint(dice.number(15))
        let port = Self.ports[dice.number(6)]
        let key = EdgeKey(
            client: endpoint(dice.number(15)),
            server: server,
            port: port,
            originatorPort: orientation == .undecided ? Self.ports[dice.number(6)] : 0,
            transport: .tcp,
            orientation: orientation
        )
        var row = EdgeRow(key: key, metrics: dice.metrics(), samples: dice.samples())
        if dice.chance(3, of: 4) {
            row.dialled[EdgeRow.Dialled(endpoint: server, port: port)] = dice.counter()
        }
        if dice.chance(1, of: 3) {
            let service = Self.endpoint("10.96.0.\(1 + dice.number(3))")
            row.dialled[EdgeRow.Dialled(endpoint: service, port: 80)] = dice.counter()
        }
        return row
    }

    /// A part of the time, not at the borders of anything longer than a base window.
    mutating func range() -> GraphQuery.Range {
        guard dice.chance(2, of: 3) else { return .between(from: nil, to: nil) }
        let (from, to) = (instant(), instant())
        return .between(from: min(from, to), to: max(from, to))
    }

    mutating func chance(_ part: Int, of whole: Int) -> Bool { dice.chance(part, of: whole) }
}
