// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Moves edge labels onto their lines.
///
/// Graphviz keeps room for a label beside its line, where a reader must guess which line it
/// belongs to. A label that fits onto its line without covering a node or another label goes
/// there; all others stay where there is room for certain.
struct LabelPlacement {
    private static let stepsPerSegment = 16
    /// Between labels, and between labels and nodes.
    private static let gap = 2.0

    /// Middles of the labels by edge; `nil` for edges without one.
    private(set) var middles: [Layout.Point?] = []

    init(_ picture: Picture, layout: Layout) {
        var middles = layout.edges.map(\.label)
        defer { self.middles = middles }
        // Above this many labels the pairwise check is not worth its time.
        guard picture.links.count <= LayoutStrategy.maximumWholeLinks else { return }
        let nodes = zip(picture.boxes, layout.nodes).map { Self.frame($0.room, around: $1) }
        // Twice: a label that moves makes room for another.
        for _ in 0..<2 {
            for (index, link) in picture.links.enumerated() {
                guard let home = layout.edges[index].label else { continue }
                let others = middles.indices.filter { $0 != index }.compactMap { other in
                    middles[other].map { Self.frame(picture.links[other].labelSize, around: $0) }
                }
                let places = Self.places(near: home, on: layout.edges[index].splines)
                if let place = places.first(where: { place in
                    let frame = Self.frame(link.labelSize, around: place)
                    return Self.isNear(home, place, link.labelSize)
                        && nodes.allSatisfy { !Self.overlaps(frame, $0) }
                        && others.allSatisfy { !Self.overlaps(frame, $0) }
                }) {
                    middles[index] = place
                }
            }
        }
    }

    private static func isNear(_ from: Layout.Point, _ to: Layout.Point, _ size: LayoutRequest.Size) -> Bool {
        abs(from.x - to.x) <= size.width / 2 + 8 && abs(from.y - to.y) <= size.height * 2
    }

    /// Points of the line: straight above or below the label first, then the nearest.
    private static func places(near home: Layout.Point, on splines: [[Layout.Point]]) -> [Layout.Point] {
        var points: [Layout.Point] = []
        for spline in splines {
            for start in stride(from: 0, to: spline.count - 3, by: 3) {
                for step in 0...stepsPerSegment {
                    points.append(bezier(spline[start...start + 3], Double(step) / Double(stepsPerSegment)))
                }
            }
        }
        func distance(_ point: Layout.Point) -> Double {
            let (dx, dy) = (point.x - home.x, point.y - home.y)
            return dx * dx + dy * dy
        }
        let above = points.min { abs($0.x - home.x) < abs($1.x - home.x) }
        let nearest = points.min { distance($0) < distance($1) }
        return [above, nearest].compactMap(\.self)
    }

    private static func bezier(_ points: ArraySlice<Layout.Point>, _ t: Double) -> Layout.Point {
        let weights = [
            (1 - t) * (1 - t) * (1 - t), 3 * t * (1 - t) * (1 - t), 3 * t * t * (1 - t), t * t * t,
        ]
        return zip(points, weights).reduce(into: Layout.Point(x: 0, y: 0)) { sum, pair in
            sum.x += pair.0.x * pair.1
            sum.y += pair.0.y * pair.1
        }
    }

    private static func frame(_ size: LayoutRequest.Size, around middle: Layout.Point) -> Layout.Rect {
        Layout.Rect(
            x: middle.x - size.width / 2,
            y: middle.y - size.height / 2,
            width: size.width,
            height: size.height
        )
    }

    private static func overlaps(_ left: Layout.Rect, _ right: Layout.Rect) -> Bool {
        left.x < right.x + right.width + gap && right.x < left.x + left.width + gap
            && left.y < right.y + right.height + gap && right.y < left.y + left.height + gap
    }
}
