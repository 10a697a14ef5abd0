// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Glibc
import Graph

/// A cluster that a seed makes: pods in workloads, namespaces and on nodes, and who calls whom.
///
/// Each workload is deployed anew every tenth day, at an hour of its own: its pods get new names, and the
/// addresses that the pods before the last ones had.
struct SimulatedCluster {
    struct Edge {
        /// Slots of pods: what runs in a slot changes with each deploy.
        let client: Int
        let server: Int
        let traffic: SimulatedTraffic
    }

    let pods: Int
    let workloads: Int
    let edges: [Edge]
    let start: Timestamp
    let podsPerNode: Int
    static let name = "default"

    private static let dayNanoseconds: Int64 = 86_400_000_000_000
    private static let daysBetweenDeploys: Int64 = 10

    init(pods: Int, podsPerNode: Int, edges count: Int, start: Timestamp, seed: UInt64) {
        self.pods = pods
        self.podsPerNode = podsPerNode
        self.start = start
        let workloads = max(1, pods / 10)
        self.workloads = workloads
        var dice = Dice(seed, 1)
        var seen: Set<Int> = []
        var edges: [Edge] = []
        edges.reserveCapacity(count)
        while edges.count < min(count, pods * (pods - 1) / 2) {
            // Zipf: the workload of rank r is called in proportion to 1 / r.
            let rank = Int(pow(Double(workloads), dice.fraction()))
            let server = (rank - 1) + workloads * dice.number(max(1, pods / workloads))
            let client = dice.number(pods)
            guard server < pods, client != server, seen.insert(client * pods + server).inserted else {
                continue
            }
            edges.append(
                Edge(client: client, server: server, traffic: SimulatedTraffic(edges.count, seed: seed))
            )
        }
        self.edges = edges
    }

    var nodes: Int { (pods + podsPerNode - 1) / podsPerNode }

    /// The node a slot is on.
    func node(_ slot: Int) -> Int { slot / podsPerNode }

    func workload(_ slot: Int) -> Int { slot % workloads }

    /// How often a workload was deployed by an instant.
    func generation(_ workload: Int, at instant: Timestamp) -> Int {
        let offset = Int64(Dice(UInt64(workload), 2).first() % UInt64(Self.daysBetweenDeploys * 86_400))
        let sinceFirst = instant.nanoseconds - start.nanoseconds - offset * 1_000_000_000
        let between = Self.daysBetweenDeploys * Self.dayNanoseconds
        return sinceFirst < 0 ? 0 : Int(sinceFirst / between) + 1
    }

    /// When a generation of a workload began; long before the start for the first.
    func deploy(_ workload: Int, generation: Int) -> Timestamp {
        guard generation > 0 else { return start + -Self.dayNanoseconds }
        let offset = Int64(Dice(UInt64(workload), 2).first() % UInt64(Self.daysBetweenDeploys * 86_400))
        return start
            + (offset * 1_000_000_000 + Int64(generation - 1) * Self.daysBetweenDeploys * Self.dayNanoseconds)
    }

    func endpoint(_ slot: Int, generation: Int) -> Endpoint {
        let address = 0x0A40_0000 + UInt32(slot * 2 + generation % 2)
        return Endpoint(scope: Self.name, address: IPAddress(v4: address))
    }

    func service(_ workload: Int) -> Endpoint {
        Endpoint(scope: Self.name, address: IPAddress(v4: 0x0A20_0000 + UInt32(workload)))
    }

    func key(_ edge: Edge, at instant: Timestamp) -> EdgeKey {
        EdgeKey(
            client: endpoint(edge.client, generation: generation(workload(edge.client), at: instant)),
            server: endpoint(edge.server, generation: generation(workload(edge.server), at: instant)),
            port: 8_080,
            transport: .tcp,
            orientation: .observed
        )
    }
}

extension Dice {
    /// The first number, of dice thrown once.
    func first() -> UInt64 {
        var copy = self
        return copy.next()
    }
}
