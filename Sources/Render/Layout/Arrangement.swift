// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// Where everything of a picture stands, by id: what later pictures of the same map keep.
package struct Arrangement: Sendable {
    /// Names beyond this many are forgotten when they are no longer drawn.
    static let maximumRemembered = 8_000

    /// Sixteen hexadecimal digits made from the places.
    package let id: String
    let method: LayoutMethod
    let width: Double
    let height: Double
    /// Of the titles of boxes.
    let titleSize: Double
    /// The rooms of nodes.
    let rooms: [String: Layout.Rect]
    /// Boxes by the names of their groups.
    let boxes: [String: Layout.Rect]
    let lines: [String: Layout.Line]

    /// What it holds, as memory counts it.
    var weight: Int { rooms.count + lines.count }

    /// The arrangement of a picture.
    ///
    /// - Parameters:
    ///   - picture: What was laid out.
    ///   - layout: Where it stands.
    ///   - method: How that was found.
    ///   - previous: Whose places stay known for what is not in this picture.
    init(_ picture: Picture, _ layout: Layout, _ method: LayoutMethod, previous: Arrangement? = nil) {
        var rooms: [String: Layout.Rect] = [:]
        var boxes: [String: Layout.Rect] = [:]
        var lines: [String: Layout.Line] = [:]
        for (box, center) in zip(picture.boxes, layout.nodes) {
            rooms[box.node.id] = Layout.Rect(around: center, box.room)
        }
        for (group, box) in zip(picture.groups, layout.clusters) { boxes[group.name] = box }
        for index in picture.laidOutLinks { lines[picture.links[index].edge.id] = layout.edges[index] }
        if let previous, previous.weight + rooms.count + lines.count <= Self.maximumRemembered {
            rooms.merge(previous.rooms) { new, _ in new }
            boxes.merge(previous.boxes) { new, _ in new }
            lines.merge(previous.lines) { new, _ in new }
        }
        var text = "\(Decimal1.text(layout.width)) \(Decimal1.text(layout.height))\n"
        for (id, room) in rooms.sorted(by: { $0.key < $1.key }) {
            text += "\(id) \(Decimal1.text(room.x)) \(Decimal1.text(room.y))\n"
        }
        for id in lines.keys.sorted() { text += id + "\n" }
        id = StableID.hash(text)
        self.method = method
        titleSize = previous?.titleSize ?? picture.titleSize
        width = layout.width
        height = layout.height
        self.rooms = rooms
        self.boxes = boxes
        self.lines = lines
    }

    /// The centers of the nodes of a picture, in points from the top left.
    package func centers() -> [String: Layout.Point] { rooms.mapValues(\.center) }

    /// The layout of the very picture it was made for.
    func layout(of picture: Picture) -> Layout {
        var layout = Layout(
            width: width,
            height: height,
            nodes: picture.boxes.map { rooms[$0.node.id]?.center ?? Layout.Point(x: 0, y: 0) },
            clusters: picture.groups.map { boxes[$0.name] },
            edges: Array(repeating: Layout.Line(), count: picture.links.count)
        )
        for index in picture.laidOutLinks {
            layout.edges[index] = lines[picture.links[index].edge.id] ?? Layout.Line()
        }
        return layout
    }
}

extension Layout.Rect {
    init(around center: Layout.Point, _ size: LayoutRequest.Size) {
        self.init(
            x: center.x - size.width / 2,
            y: center.y - size.height / 2,
            width: size.width,
            height: size.height
        )
    }

    var center: Layout.Point { Layout.Point(x: x + width / 2, y: y + height / 2) }

    /// Whether two rectangles come closer than a distance.
    func isNear(_ other: Layout.Rect, _ gap: Double) -> Bool {
        x < other.x + other.width + gap && other.x < x + width + gap
            && y < other.y + other.height + gap && other.y < y + height + gap
    }

    func contains(_ other: Layout.Rect) -> Bool {
        x <= other.x && y <= other.y && other.x + other.width <= x + width
            && other.y + other.height <= y + height
    }
}
