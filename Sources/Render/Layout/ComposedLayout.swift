// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A layout box by box: each box on its own, then the boxes, then the lines between them.
///
/// `dot` takes time that grows faster than its graph: many small layouts and a coarse one are
/// done while one of the whole has hardly begun.
struct ComposedLayout {
    private let picture: Picture
    private let blocks: Blocks
    private let trunks: Trunks

    init(_ picture: Picture) {
        self.picture = picture
        blocks = Blocks(picture)
        trunks = Trunks(picture, blockOfNode: blocks.blockOfNode)
    }

    /// Whether cutting helps: with a single block there is nothing to compose.
    var isWorthwhile: Bool { blocks.blocks.count > 1 }

    /// The whole layout.
    ///
    /// - Parameters:
    ///   - pool: Where the parts are laid out.
    ///   - deadline: For all of it.
    /// - Returns: The layout of the picture.
    /// - Throws: `RenderError` when a part overran or failed.
    func layout(in pool: LayoutPool, within deadline: Duration) async throws -> Layout {
        let start = ContinuousClock.now
        let requests = blocks.blocks.flatMap { block in
            block.parts.map { BlockLayout.request($0, of: picture) }
        }
        var parts = try await pool.layouts(requests, within: deadline)[...]
        let laidOut = blocks.blocks.map { block in
            let own = Array(parts.prefix(block.parts.count))
            parts = parts.dropFirst(block.parts.count)
            return BlockLayout(block, parts: own, of: picture)
        }
        let arranging = trunks.arranging(blocks: laidOut.count)
        let chosen = arranging.map { trunks.trunks[$0] }
        let sizes = laidOut.map(\.size)
        let arranged = try await pool.layouts(
            [Trunks.request(sizes, chosen)],
            within: deadline - (ContinuousClock.now - start)
        )[0]
        if arranged.height > Columns.maximumSlenderness * arranged.width {
            let columns = Columns(arranged, sizes: sizes)
            return compose(
                laidOut,
                columns.layout,
                trunks: trunks.trunks.map { columns.route(from: $0.from, to: $0.to) }
            )
        }
        var splines = [[Layout.Point]](repeating: [], count: trunks.trunks.count)
        for (index, line) in zip(arranging, arranged.edges) { splines[index] = line.splines.first ?? [] }
        return compose(laidOut, arranged, trunks: splines)
    }

    /// Puts blocks where they were arranged, and lines along the splines of their trunks; an
    /// empty spline guides nothing.
    private func compose(
        _ parts: [BlockLayout],
        _ arranged: Layout,
        trunks splines: [[Layout.Point]]
    ) -> Layout {
        let nowhere = Layout.Point(x: 0, y: 0)
        var layout = Layout(
            width: arranged.width,
            height: arranged.height,
            nodes: Array(repeating: nowhere, count: picture.boxes.count),
            clusters: Array(repeating: nil, count: picture.groups.count),
            edges: Array(repeating: Layout.Line(), count: picture.links.count)
        )
        for (index, part) in parts.enumerated() {
            let corner = arranged.nodes[index].moved(-part.size.width / 2, -part.size.height / 2)
            for (node, center) in part.centers { layout.nodes[node] = center.moved(corner.x, corner.y) }
            for (link, line) in part.lines { layout.edges[link] = line.moved(corner.x, corner.y) }
            if let group = blocks.blocks[index].group {
                layout.clusters[group] = Layout.Rect(
                    x: corner.x,
                    y: corner.y,
                    width: part.size.width,
                    height: part.size.height
                )
            }
        }
        let routes = Routes(
            centers: layout.nodes,
            isAlone: Set(
                parts.indices.filter { blocks.blocks[$0].isSingle }.compactMap {
                    blocks.blocks[$0].loose.first
                }
            ),
            sizes: picture.boxes.map(\.room)
        )
        for (index, trunk) in trunks.trunks.enumerated() {
            let ends = trunk.links.map { (picture.links[$0].client, picture.links[$0].server) }
            if !splines[index].isEmpty {
                let lines = routes.along(splines[index], links: ends) {
                    blocks.blockOfNode[ends[$0].0] == trunk.from
                }
                for (link, line) in zip(trunk.links, lines) { layout.edges[link] = line }
            } else {
                for (link, end) in zip(trunk.links, ends) {
                    layout.edges[link] = routes.direct(from: end.0, to: end.1)
                }
            }
        }
        return layout
    }
}
