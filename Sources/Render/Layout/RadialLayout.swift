// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// Rings around the node with most neighbours: each node as many steps out as it is away, and
/// near those it speaks with.
struct RadialLayout {
    /// Between rings, and between nodes on one, beside their own size.
    private static let gap = 34.0

    private let picture: Picture
    private let neighbours: [Set<Int>]
    private var polar: [(radius: Double, angle: Double)?]

    /// The layout of a picture.
    static func layout(_ picture: Picture) -> Layout {
        var radial = RadialLayout(picture)
        radial.place()
        return radial.layout()
    }

    private init(_ picture: Picture) {
        self.picture = picture
        var neighbours = [Set<Int>](repeating: [], count: picture.boxes.count)
        for index in picture.laidOutLinks {
            let link = picture.links[index]
            neighbours[link.client].insert(link.server)
            neighbours[link.server].insert(link.client)
        }
        self.neighbours = neighbours
        polar = Array(repeating: nil, count: picture.boxes.count)
    }

    private mutating func place() {
        var radius = 0.0
        for level in levels() { place(level, from: &radius) }
    }

    /// Nodes by their distance from the first; what does not hang together with it comes last.
    private func levels() -> [[Int]] {
        var seen: Set<Int> = []
        var levels: [[Int]] = []
        let roots = neighbours.indices.sorted {
            neighbours[$0].count != neighbours[$1].count
                ? neighbours[$0].count > neighbours[$1].count : $0 < $1
        }
        var rest: [Int] = []
        for root in roots where seen.insert(root).inserted {
            guard levels.isEmpty else {
                rest.append(root)
                continue
            }
            var level = [root]
            while !level.isEmpty {
                levels.append(level)
                level = Set(level.flatMap { neighbours[$0] }).filter { seen.insert($0).inserted }.sorted()
            }
        }
        return rest.isEmpty ? levels : levels + [rest]
    }

    /// Sets one level on as many rings as it needs, each node near its neighbours further in.
    private mutating func place(_ level: [Int], from radius: inout Double) {
        let width = level.reduce(0) { max($0, picture.boxes[$1].room.width) } + Self.gap / 2
        let height = level.reduce(0) { max($0, picture.boxes[$1].room.height) } + Self.gap
        // Wide enough for two nodes beside each other in any direction.
        let cell = max(width, height * 1.45)
        guard radius > 0 || level.count > 1 else {
            polar[level[0]] = (0, 0)
            radius = cell
            return
        }
        radius = max(radius, cell)
        let wishes = level.map { wish(of: $0) }
        let order = level.indices.sorted { wishes[$0] != wishes[$1] ? wishes[$0] < wishes[$1] : $0 < $1 }
        // Nodes take turns on the rings, so the innermost must hold its share.
        let rings = (level.count - 1) / capacity(radius, cell) + 1
        // Turned so that nodes are, on the whole, where they wish to be.
        let step = 2 * Double.pi / Double(level.count)
        let turns = order.enumerated().map { wishes[$0.element] - Double($0.offset) * step }
        let turn = atan2(turns.reduce(0) { $0 + sin($1) }, turns.reduce(0) { $0 + cos($1) })
        for (rank, index) in order.enumerated() {
            polar[level[index]] = (radius + Double(rank % rings) * cell, Double(rank) * step + turn)
        }
        radius += Double(rings) * cell
    }

    /// How many nodes a ring holds; six of those around one node.
    private func capacity(_ radius: Double, _ cell: Double) -> Int {
        max(1, Int(2 * Double.pi * radius / cell))
    }

    /// The mean direction of the neighbours that have a place.
    private func wish(of node: Int) -> Double {
        var (x, y) = (0.0, 0.0)
        for other in neighbours[node].sorted() {
            guard let place = polar[other], place.radius > 0 else { continue }
            x += cos(place.angle)
            y += sin(place.angle)
        }
        return x == 0 && y == 0 ? 0 : atan2(y, x)
    }

    private func layout() -> Layout {
        let rooms = picture.boxes.map(\.room)
        let around = polar.map { place in
            let (radius, angle) = place ?? (0, 0)
            return Layout.Point(x: radius * cos(angle), y: radius * sin(angle))
        }
        let frames = zip(around, rooms).map { Layout.Rect(around: $0, $1) }
        // Rings are seldom full: what is empty around them is cut off.
        let left = frames.map(\.x).min() ?? 0
        let top = frames.map(\.y).min() ?? 0
        let centers = around.map { $0.moved(-left, -top) }
        let routes = Routes(centers: centers, sizes: rooms)
        var edges = [Layout.Line](repeating: Layout.Line(), count: picture.links.count)
        for index in picture.laidOutLinks {
            edges[index] = routes.straight(from: picture.links[index].client, to: picture.links[index].server)
        }
        return Layout(
            // Lines from a node to itself leave it on the right.
            width: max(
                (frames.map { $0.x + $0.width }.max() ?? 0) - left,
                edges.flatMap(\.splines).joined().map(\.x).max() ?? 0
            ),
            height: (frames.map { $0.y + $0.height }.max() ?? 0) - top,
            nodes: centers,
            clusters: Array(repeating: nil, count: picture.groups.count),
            edges: edges
        )
    }
}
