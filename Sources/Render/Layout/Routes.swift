// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Lines of edges that leave their block: from the client to the trunk, along it, and on to the
/// server.
struct Routes {
    /// Room that the arrowhead takes at the end of a line.
    static let arrowLength = 9.0
    /// How far the lines of a trunk are apart, and how wide it gets.
    private static let spread = 5.0
    private static let maximumWidth = 60.0
    /// Longer curves bend no wider.
    private static let maximumReach = 260.0

    let centers: [Layout.Point]
    /// Nodes that are blocks of their own: trunks lead up to them.
    var isAlone: Set<Int> = []
    let sizes: [LayoutRequest.Size]

    /// A curve from node to node that nothing guides.
    func direct(from client: Int, to server: Int) -> Layout.Line {
        guard client != server else { return loop(at: client) }
        let start = port(of: client, toward: centers[server], isEnd: false)
        let end = port(of: server, toward: centers[client], isEnd: true)
        return Layout.Line(splines: [[start.point] + Self.curve(start, end)], tip: tip(of: end))
    }

    /// From the right side of a node back to it.
    private func loop(at node: Int) -> Layout.Line {
        let (center, size) = (centers[node], sizes[node])
        let start = center.moved(size.width / 2, -size.height / 4)
        let end = center.moved(size.width / 2 + Self.arrowLength, size.height / 4)
        let bend = size.height * 0.9
        return Layout.Line(
            splines: [[start, start.moved(bend, -bend / 4), end.moved(bend, bend / 4), end]],
            tip: center.moved(size.width / 2, size.height / 4)
        )
    }

    /// A straight line from outline to outline.
    func straight(from client: Int, to server: Int) -> Layout.Line {
        let (one, other) = (centers[client], centers[server])
        guard client != server, one != other else { return loop(at: client) }
        let start = edge(of: client, toward: other, away: 0)
        let end = edge(of: server, toward: one, away: Self.arrowLength)
        let (dx, dy) = ((end.x - start.x) / 3, (end.y - start.y) / 3)
        return Layout.Line(
            splines: [[start, start.moved(dx, dy), start.moved(2 * dx, 2 * dy), end]],
            tip: edge(of: server, toward: one, away: 0)
        )
    }

    /// Where the line from a node's center to a point leaves its room.
    private func edge(of node: Int, toward target: Layout.Point, away: Double) -> Layout.Point {
        let (center, size) = (centers[node], sizes[node])
        let (dx, dy) = (target.x - center.x, target.y - center.y)
        let length = (dx * dx + dy * dy).squareRoot()
        guard length > 0 else { return center }
        let reach = min(
            dx == 0 ? .infinity : size.width / 2 / abs(dx),
            dy == 0 ? .infinity : size.height / 2 / abs(dy)
        )
        let part = min(reach + away / length, 1)
        return center.moved(dx * part, dy * part)
    }

    /// The lines along one trunk, by link.
    ///
    /// - Parameters:
    ///   - trunk: The spline of the trunk.
    ///   - links: The links with their ends.
    ///   - isForward: Whether a link runs as the trunk was drawn.
    /// - Returns: One line for each link, in their order.
    func along(
        _ trunk: [Layout.Point],
        links: [(client: Int, server: Int)],
        isForward: (Int) -> Bool
    ) -> [Layout.Line] {
        let gap = links.count > 1 ? min(Self.spread, Self.maximumWidth / Double(links.count - 1)) : 0
        // Lines lie in the trunk in the order of their ends, or they would cross for nothing.
        let isLevel = abs(trunk[0].x - trunk[trunk.count - 1].x) >= abs(trunk[0].y - trunk[trunk.count - 1].y)
        func place(_ link: (client: Int, server: Int)) -> Double {
            let (one, other) = (centers[link.client], centers[link.server])
            return isLevel ? one.y + other.y : one.x + other.x
        }
        let order = links.indices.sorted {
            place(links[$0]) != place(links[$1]) ? place(links[$0]) < place(links[$1]) : $0 < $1
        }
        var lines = [Layout.Line](repeating: Layout.Line(), count: links.count)
        for (rank, index) in order.enumerated() {
            let offset = (Double(rank) - Double(links.count - 1) / 2) * gap
            let moved = trunk.map { isLevel ? $0.moved(0, offset) : $0.moved(offset, 0) }
            lines[index] = line(
                from: links[index].client,
                to: links[index].server,
                along: isForward(index) ? moved : moved.reversed()
            )
        }
        return lines
    }

    private func line(from client: Int, to server: Int, along trunk: [Layout.Point]) -> Layout.Line {
        let (first, last) = (trunk[0], trunk[trunk.count - 1])
        var points = trunk
        var tip: Layout.Point?
        if !isAlone.contains(client) {
            let start = port(of: client, toward: first, isEnd: false)
            let entry = Port(point: first, direction: Self.unit(from: trunk[1], to: first))
            points = [start.point] + Self.curve(start, entry) + trunk.dropFirst()
        }
        if !isAlone.contains(server) {
            let end = port(of: server, toward: last, isEnd: true)
            let exit = Port(point: last, direction: Self.unit(from: trunk[trunk.count - 2], to: last))
            points += Self.curve(exit, end)
            tip = self.tip(of: end)
        }
        return Layout.Line(splines: [points], tip: tip)
    }

    // MARK: - Ends

    /// Where a line meets something, and the way out of it.
    private struct Port {
        var point: Layout.Point
        var direction: Layout.Point
    }

    /// The side of a node that faces a point; ends keep away by the length of an arrowhead.
    private func port(of node: Int, toward target: Layout.Point, isEnd: Bool) -> Port {
        let (center, size) = (centers[node], sizes[node])
        let (dx, dy) = (target.x - center.x, target.y - center.y)
        let away = isEnd ? Self.arrowLength : 0
        if abs(dx) >= size.width / 2 || abs(dx) * size.height >= abs(dy) * size.width {
            let sign = dx < 0 ? -1.0 : 1.0
            return Port(
                point: center.moved(sign * (size.width / 2 + away), 0),
                direction: Layout.Point(x: sign, y: 0)
            )
        }
        let sign = dy < 0 ? -1.0 : 1.0
        return Port(
            point: center.moved(0, sign * (size.height / 2 + away)),
            direction: Layout.Point(x: 0, y: sign)
        )
    }

    private func tip(of end: Port) -> Layout.Point {
        end.point.moved(-end.direction.x * Self.arrowLength, -end.direction.y * Self.arrowLength)
    }

    /// Three points of a cubic that leaves one port and arrives at the other.
    private static func curve(_ from: Port, _ to: Port) -> [Layout.Point] {
        let (dx, dy) = (to.point.x - from.point.x, to.point.y - from.point.y)
        let reach = min((dx * dx + dy * dy).squareRoot() * 0.4, maximumReach)
        return [
            from.point.moved(from.direction.x * reach, from.direction.y * reach),
            to.point.moved(to.direction.x * reach, to.direction.y * reach),
            to.point,
        ]
    }

    private static func unit(from: Layout.Point, to: Layout.Point) -> Layout.Point {
        let (dx, dy) = (to.x - from.x, to.y - from.y)
        let length = (dx * dx + dy * dy).squareRoot()
        guard length > 0 else { return Layout.Point(x: 1, y: 0) }
        return Layout.Point(x: dx / length, y: dy / length)
    }
}
