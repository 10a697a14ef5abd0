// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// A picture on the places of an earlier one: what stood there stays, what is new finds room.
///
/// Nothing is laid out again, so this takes no process and no time to speak of.
struct KeptLayout {
    /// Between nodes.
    private static let gap = 14.0
    private static let padding = 20.0
    /// How far from its neighbours room is looked for, in steps around them.
    private static let maximumRings = 14
    private static let placesPerRing = 12

    private let picture: Picture
    private let kept: Arrangement
    private var titleHeight: Double { kept.titleSize + BlockLayout.titleMargin }
    private var rooms: [Layout.Rect?]
    private var boxes: [Layout.Rect?]
    /// Everything that has a place, drawn or not: it may come back.
    private var taken: [Layout.Rect]
    private var width: Double
    private var bottom: Double

    /// The layout of a picture that keeps the places of an earlier one.
    static func layout(_ picture: Picture, keeping kept: Arrangement) -> Layout {
        var layout = KeptLayout(picture, kept)
        layout.placeInBoxes()
        layout.placeOutside()
        return layout.layout()
    }

    private init(_ picture: Picture, _ kept: Arrangement) {
        self.picture = picture
        self.kept = kept
        rooms = picture.boxes.map { box in
            // The outline stays where it was, whatever tags there are below it now.
            kept.rooms[box.node.id].map { room in
                Layout.Rect(
                    x: room.center.x - box.room.width / 2,
                    y: room.y,
                    width: box.room.width,
                    height: box.room.height
                )
            }
        }
        boxes = picture.groups.map { kept.boxes[$0.name] }
        taken = Array(kept.rooms.values)
        width = kept.width
        bottom = kept.height
    }

    // MARK: - Nodes

    private mutating func placeInBoxes() {
        for (group, members) in picture.groups.enumerated() {
            let new = members.nodes.filter { rooms[$0] == nil }
            guard !new.isEmpty else { continue }
            guard boxes[group] != nil else {
                addBox(group, new)
                continue
            }
            for node in new { place(node, inBox: group) }
        }
    }

    /// A namespace that was not there: a box below all others.
    private mutating func addBox(_ group: Int, _ nodes: [Int]) {
        let grid = Shelves(nodes.map { picture.boxes[$0].room }, gap: Self.gap, sorted: false)
        let title = FontMetrics.width(picture.titles[group], size: kept.titleSize, isBold: true) + 24
        let box = Layout.Rect(
            x: 0,
            y: bottom + Self.padding,
            width: max(grid.size.width + 2 * Self.padding, title),
            height: grid.size.height + 2 * Self.padding + titleHeight
        )
        boxes[group] = box
        for (node, place) in zip(nodes, grid.places) {
            let room = picture.boxes[node].room
            put(
                node,
                Layout.Rect(
                    x: box.x + Self.padding + place.x,
                    y: box.y + Self.padding + titleHeight + place.y,
                    width: room.width,
                    height: room.height
                )
            )
        }
        bottom = box.y + box.height
        width = max(width, box.width)
    }

    /// Within the box where there is room near the neighbours; else the box grows, down or to
    /// the right, where that covers no other.
    private mutating func place(_ node: Int, inBox group: Int) {
        guard let box = boxes[group] else { return }
        let size = picture.boxes[node].room
        let inner = Layout.Rect(
            x: box.x + Self.padding / 2,
            y: box.y + titleHeight,
            width: box.width - Self.padding,
            height: box.height - titleHeight - Self.padding / 2
        )
        if let room = freePlace(size, near: wish(of: node) ?? box.center, where: { inner.contains($0) }) {
            put(node, room)
            return
        }
        let others = boxes.enumerated().compactMap { $0.offset == group ? nil : $0.element }
        let down = Layout.Rect(
            x: box.x,
            y: box.y,
            width: max(box.width, size.width + 2 * Self.padding),
            height: box.height + size.height + Self.gap
        )
        let right = Layout.Rect(
            x: box.x,
            y: box.y,
            width: box.width + size.width + Self.gap,
            height: max(box.height, size.height + titleHeight + 2 * Self.padding)
        )
        let corners = [
            Layout.Point(x: box.x + Self.padding, y: down.y + down.height - Self.padding - size.height),
            Layout.Point(
                x: right.x + right.width - Self.padding - size.width,
                y: box.y + Self.padding + titleHeight
            ),
        ]
        for (grown, corner) in zip([down, right], corners) {
            let room = Layout.Rect(x: corner.x, y: corner.y, width: size.width, height: size.height)
            let outside = taken.filter { !box.contains($0) }
            guard !others.contains(where: { grown.isNear($0, 4) }),
                !outside.contains(where: { grown.isNear($0, 4) }),
                !taken.contains(where: { room.isNear($0, 2) })
            else { continue }
            boxes[group] = grown
            put(node, room)
            return
        }
        // No room without moving what is there: it waits below the picture.
        putBelow(node)
    }

    private mutating func placeOutside() {
        for node in picture.boxes.indices where rooms[node] == nil {
            let all = boxes.compactMap(\.self) + kept.boxes.values
            let size = picture.boxes[node].room
            let place = wish(of: node).flatMap { wish in
                freePlace(size, near: wish) { room in
                    room.x >= 0 && room.y >= 0 && !all.contains { room.isNear($0, Self.gap) }
                }
            }
            if let place { put(node, place) } else { putBelow(node) }
        }
    }

    private mutating func putBelow(_ node: Int) {
        let size = picture.boxes[node].room
        let row = taken.filter { $0.y > bottom }.map { $0.x + $0.width + Self.gap }.max() ?? 0
        let isFull = row + size.width > max(width, size.width)
        if isFull { bottom = taken.map { $0.y + $0.height }.max() ?? bottom }
        let corner = Layout.Point(x: isFull ? 0 : row, y: bottom + Self.padding)
        put(node, Layout.Rect(x: corner.x, y: corner.y, width: size.width, height: size.height))
    }

    private mutating func put(_ node: Int, _ room: Layout.Rect) {
        rooms[node] = room
        taken.append(room)
    }

    /// The middle of the neighbours that have a place.
    private func wish(of node: Int) -> Layout.Point? {
        var (sum, count) = (Layout.Point(x: 0, y: 0), 0.0)
        for index in picture.laidOutLinks {
            let link = picture.links[index]
            guard link.client == node || link.server == node else { continue }
            guard let other = rooms[link.client == node ? link.server : link.client] else { continue }
            sum = sum.moved(other.center.x, other.center.y)
            count += 1
        }
        return count > 0 ? Layout.Point(x: sum.x / count, y: sum.y / count) : nil
    }

    /// The nearest place that nothing has taken.
    private func freePlace(
        _ size: LayoutRequest.Size,
        near wish: Layout.Point,
        where isAllowed: (Layout.Rect) -> Bool
    ) -> Layout.Rect? {
        for ring in 0..<Self.maximumRings {
            for step in 0..<(ring == 0 ? 1 : Self.placesPerRing) {
                // Corners and sides of growing squares: no trigonometry, so the same everywhere.
                let side = Double(ring) * 0.7
                let along = Double(step % 3) - 1
                let (dx, dy): (Double, Double) =
                    switch step / 3 {
                    case 0: (along, -1)
                    case 1: (along, 1)
                    case 2: (-1, along / 2)
                    default: (1, along / 2)
                    }
                let center = wish.moved(
                    dx * side * (size.width + Self.gap),
                    dy * side * (size.height + Self.gap)
                )
                let room = Layout.Rect(around: ring == 0 ? wish : center, size)
                if isAllowed(room), !taken.contains(where: { room.isNear($0, Self.gap) }) { return room }
            }
        }
        return nil
    }

    // MARK: - Lines

    private func layout() -> Layout {
        let nowhere = Layout.Point(x: 0, y: 0)
        let centers = rooms.map { $0?.center ?? nowhere }
        let routes = Routes(centers: centers, sizes: picture.boxes.map(\.room))
        var edges = [Layout.Line](repeating: Layout.Line(), count: picture.links.count)
        for index in picture.laidOutLinks {
            let link = picture.links[index]
            if let line = kept.lines[link.edge.id], !line.splines.isEmpty {
                edges[index] = line
            } else {
                edges[index] = routes.direct(from: link.client, to: link.server)
                if kept.method.hasLabels { edges[index].label = edges[index].middle }
            }
        }
        let all = rooms.compactMap(\.self) + boxes.compactMap(\.self)
        return Layout(
            width: all.reduce(kept.width) { max($0, $1.x + $1.width) },
            height: all.reduce(kept.height) { max($0, $1.y + $1.height) },
            nodes: centers,
            clusters: boxes,
            edges: edges
        )
    }
}

extension Layout.Line {
    /// The middle of the first curve.
    fileprivate var middle: Layout.Point? {
        guard let spline = splines.first, spline.count >= 4 else { return nil }
        return Layout.Point(
            x: (spline[0].x + 3 * spline[1].x + 3 * spline[2].x + spline[3].x) / 8,
            y: (spline[0].y + 3 * spline[1].y + 3 * spline[2].y + spline[3].y) / 8
        )
    }
}
