// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// One block laid out: where its nodes and the edges within it are, from its top left corner.
struct BlockLayout {
    private(set) var size: LayoutRequest.Size
    private(set) var centers: [Int: Layout.Point] = [:]
    private(set) var lines: [Int: Layout.Line] = [:]

    private static let gap = 26.0
    /// Between the box and what is in it.
    private static let padding = 20.0
    /// What a title needs beside its own height.
    static let titleMargin = 18.0

    /// Parts with more edges than this get fewer rounds of `dot`; with more than the
    /// second, `sfdp`.
    private static let maximumCarefulLinks = 120
    private static let maximumLayeredLinks = 450

    /// What to ask for one part.
    static func request(_ part: Blocks.Part, of picture: Picture) -> LayoutRequest {
        let places = Dictionary(uniqueKeysWithValues: part.nodes.enumerated().map { ($0.element, $0.offset) })
        let isLayered = part.links.count <= maximumLayeredLinks
        let rounds =
            part.links.count > maximumCarefulLinks
            ? ", nslimit=1, nslimit1=1, mclimit=0.2, splines=line" : ""
        return LayoutRequest(
            engine: isLayered ? .dot : .sfdp,
            attributes: isLayered
                ? "rankdir=LR, nodesep=0.3, ranksep=0.55\(rounds)" : Picture.compactAttributes,
            nodes: part.nodes.map { picture.boxes[$0].room },
            clusters: [],
            edges: part.links.compactMap { index in
                guard let tail = places[picture.links[index].client],
                    let head = places[picture.links[index].server]
                else { return nil }
                return LayoutRequest.Edge(tail: tail, head: head)
            }
        )
    }

    /// Sets the parts and the loose nodes of a block beside each other.
    ///
    /// - Parameters:
    ///   - block: What is in it.
    ///   - parts: The layouts of its parts, in their order.
    ///   - picture: For the sizes of nodes.
    init(_ block: Blocks.Block, parts: [Layout], of picture: Picture) {
        let isBoxed = block.group != nil
        let titleHeight = picture.titleSize + Self.titleMargin
        let origin =
            isBoxed
            ? Layout.Point(x: Self.padding, y: Self.padding + titleHeight) : Layout.Point(x: 0, y: 0)
        let shelves = Shelves(
            parts.map { LayoutRequest.Size(width: $0.width, height: $0.height) },
            gap: Self.gap,
            sorted: true
        )
        for (index, part) in block.parts.enumerated() {
            let (x, y) = (origin.x + shelves.places[index].x, origin.y + shelves.places[index].y)
            for (node, center) in zip(part.nodes, parts[index].nodes) {
                centers[node] = center.moved(x, y)
            }
            for (link, line) in zip(part.links, parts[index].edges) { lines[link] = line.moved(x, y) }
        }
        // Cells of one size make columns that the eye can follow.
        let widest = block.loose.reduce(0) { max($0, picture.boxes[$1].room.width) }
        let highest = block.loose.reduce(0) { max($0, picture.boxes[$1].room.height) }
        let cell = LayoutRequest.Size(width: widest, height: highest)
        let grid = Shelves(
            Array(repeating: cell, count: block.loose.count),
            gap: Self.gap * 0.7,
            sorted: false
        )
        let below = parts.isEmpty || block.loose.isEmpty ? 0 : shelves.size.height + Self.gap
        for (index, node) in block.loose.enumerated() {
            centers[node] = grid.places[index].moved(
                origin.x + cell.width / 2,
                origin.y + below + cell.height / 2
            )
        }
        let width = max(shelves.size.width, grid.size.width)
        let height = max(shelves.size.height, below + grid.size.height)
        size = LayoutRequest.Size(width: width, height: height)
        guard let group = block.group else { return }
        let title = FontMetrics.width(picture.titles[group], size: picture.titleSize, isBold: true) + 24
        size = LayoutRequest.Size(
            width: max(width + 2 * Self.padding, title),
            height: height + 2 * Self.padding + titleHeight
        )
    }
}

extension Layout.Point {
    func moved(_ dx: Double, _ dy: Double) -> Layout.Point { Layout.Point(x: x + dx, y: y + dy) }
}

extension Layout.Line {
    func moved(_ dx: Double, _ dy: Double) -> Layout.Line {
        Layout.Line(
            splines: splines.map { $0.map { $0.moved(dx, dy) } },
            tip: tip?.moved(dx, dy),
            label: label?.moved(dx, dy)
        )
    }
}
