// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What runs between blocks, gathered: all edges between two blocks share one trunk.
struct Trunks {
    /// The edges between two blocks, in either direction.
    struct Trunk {
        /// The end that has more of the clients.
        let from: Int
        let to: Int
        let links: [Int]
    }

    /// Of the pairs of blocks, only so many shape the arrangement: those with most edges, and
    /// as many as hold it together.
    static let maximumArranging = 160

    private(set) var trunks: [Trunk] = []

    init(_ picture: Picture, blockOfNode: [Int]) {
        var links: [[Int]: [Int]] = [:]
        for index in picture.laidOutLinks {
            let link = picture.links[index]
            let (client, server) = (blockOfNode[link.client], blockOfNode[link.server])
            if client != server {
                links[[min(client, server), max(client, server)], default: []].append(index)
            }
        }
        trunks = links.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { pair, links in
            let forward = links.count { blockOfNode[picture.links[$0].client] == pair[0] }
            let isForward = 2 * forward >= links.count
            return Trunk(from: pair[isForward ? 0 : 1], to: pair[isForward ? 1 : 0], links: links)
        }
    }

    /// Positions of the trunks that shape the arrangement, ascending.
    func arranging(blocks count: Int) -> [Int] {
        let ranked = trunks.indices.sorted {
            trunks[$0].links.count != trunks[$1].links.count
                ? trunks[$0].links.count > trunks[$1].links.count : $0 < $1
        }
        guard ranked.count > Self.maximumArranging else { return Array(trunks.indices) }
        // First a spanning forest of the strongest, so that no block stands far from all.
        var parent = Array(0..<count)
        func root(_ block: Int) -> Int {
            var block = block
            while parent[block] != block { block = parent[block] }
            return block
        }
        var chosen: Set<Int> = []
        for index in ranked {
            let (one, other) = (root(trunks[index].from), root(trunks[index].to))
            guard one != other else { continue }
            parent[max(one, other)] = min(one, other)
            chosen.insert(index)
        }
        for index in ranked where chosen.count < Self.maximumArranging { chosen.insert(index) }
        return chosen.sorted()
    }

    /// What to ask for: blocks as nodes, the trunks that matter as edges.
    static func request(_ sizes: [LayoutRequest.Size], _ trunks: [Trunk]) -> LayoutRequest {
        LayoutRequest(
            engine: .dot,
            attributes: "rankdir=LR, nodesep=0.35, ranksep=1.1, nslimit=2, nslimit1=2, mclimit=0.5",
            nodes: sizes,
            clusters: [],
            edges: trunks.map {
                LayoutRequest.Edge(tail: $0.from, head: $0.to, weight: min($0.links.count, maximumWeight))
            }
        )
    }

    /// Great weights cost `dot` time and change nothing.
    private static let maximumWeight = 20
}
