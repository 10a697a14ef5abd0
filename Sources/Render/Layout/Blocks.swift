// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A picture cut into what is laid out on its own: the boxes of namespaces, and what stands
/// outside of them.
struct Blocks {
    /// What ends up as one rectangle.
    struct Block {
        /// The index of the group whose box it is; `nil` for nodes outside of boxes.
        var group: Int?
        /// Nodes that edges within the block connect, with those edges, by ascending first node.
        var parts: [Part] = []
        /// Nodes without an edge within the block.
        var loose: [Int] = []

        /// Whether it is one node and nothing around it.
        var isSingle: Bool { group == nil && parts.isEmpty && loose.count == 1 }
    }

    /// Nodes that hang together, as indices into the picture's boxes and links.
    struct Part {
        var nodes: [Int] = []
        var links: [Int] = []
    }

    private(set) var blocks: [Block] = []
    /// The block of each node.
    private(set) var blockOfNode: [Int]

    init(_ picture: Picture) {
        let count = picture.boxes.count
        var home = [Int](repeating: -1, count: count)
        for (index, group) in picture.groups.enumerated() {
            for node in group.nodes { home[node] = index }
        }
        let keys = Self.keys(picture, home: home)
        var known: [String: Int] = [:]
        blockOfNode = []
        var members: [[Int]] = []
        for node in 0..<count {
            let block = known[keys[node]] ?? members.count
            if block == members.count {
                known[keys[node]] = block
                members.append([])
                blocks.append(Block(group: home[node] < 0 ? nil : home[node]))
            }
            members[block].append(node)
            blockOfNode.append(block)
        }
        var inner = [[Int]](repeating: [], count: blocks.count)
        for index in picture.laidOutLinks {
            let link = picture.links[index]
            let block = blockOfNode[link.client]
            if block == blockOfNode[link.server] { inner[block].append(index) }
        }
        for index in blocks.indices { divide(index, members[index], inner[index], picture) }
    }

    /// What nodes of one block have in common: their namespace; outside of boxes, the
    /// blocks they speak with, so that fifty addresses that call one gateway stand together.
    private static func keys(_ picture: Picture, home: [Int]) -> [String] {
        var neighbours = [Set<String>](repeating: [], count: home.count)
        for index in picture.laidOutLinks {
            let link = picture.links[index]
            for (one, other, word) in [(link.client, link.server, "to"), (link.server, link.client, "from")]
            where home[one] < 0 {
                neighbours[one].insert(
                    home[other] < 0 ? "\(word) node \(other)" : "\(word) box \(home[other])"
                )
            }
        }
        return home.indices.map { node in
            if home[node] >= 0 { return "box \(home[node])" }
            let isAlone = neighbours[node].contains { $0.contains("node") }
            return isAlone ? "node \(node)" : "outside " + neighbours[node].sorted().joined(separator: ",")
        }
    }

    /// Splits the nodes of a block into those that hang together.
    private mutating func divide(_ index: Int, _ nodes: [Int], _ links: [Int], _ picture: Picture) {
        var parent = Dictionary(uniqueKeysWithValues: nodes.map { ($0, $0) })
        func root(_ node: Int) -> Int {
            var node = node
            while let next = parent[node], next != node { node = next }
            return node
        }
        for link in links {
            let (one, other) = (root(picture.links[link].client), root(picture.links[link].server))
            if one != other { parent[max(one, other)] = min(one, other) }
        }
        var parts: [Int: Part] = [:]
        for node in nodes { parts[root(node), default: Part()].nodes.append(node) }
        for link in links { parts[root(picture.links[link].client)]?.links.append(link) }
        let ordered = parts.sorted { $0.key < $1.key }.map(\.value)
        blocks[index].parts = ordered.filter { !$0.links.isEmpty }
        blocks[index].loose = ordered.filter(\.links.isEmpty).flatMap(\.nodes)
    }
}
