// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// Nodes that nearly everything speaks with: DNS, the API server, scrapers of metrics.
///
/// Lines to them cover a dense map and tell nothing that the name of the hub beside its peers
/// does not tell.
struct Hubs {
    /// Fewer peers than this can be drawn.
    static let minimumPeers = 10
    /// So large a share of all nodes are peers of a hub.
    static let minimumShareOfNodes = 0.07
    /// A hub's peers are in so many namespaces, and in so large a share of them.
    static let minimumNamespaces = 3
    static let minimumShareOfNamespaces = 0.6

    /// Positions of the links that are drawn as stubs.
    private(set) var folded: Set<Int> = []

    init(links: [Picture.Link], boxes: [Picture.Box]) {
        let namespaces = Set(boxes.compactMap(\.node.namespace)).count
        var callers = [Set<Int>](repeating: [], count: boxes.count)
        var servers = callers
        for link in links where link.client != link.server {
            callers[link.server].insert(link.client)
            servers[link.client].insert(link.server)
        }
        func isHub(_ node: Int, _ peers: Set<Int>) -> Bool {
            // The world outside is what many maps are about.
            guard peers.count >= Self.minimumPeers, !boxes[node].node.kind.isPseudo,
                Double(peers.count) >= Self.minimumShareOfNodes * Double(boxes.count)
            else { return false }
            let reached = Set(peers.compactMap { boxes[$0].node.namespace }).count
            return reached >= Self.minimumNamespaces
                && Double(reached) >= Self.minimumShareOfNamespaces * Double(namespaces)
        }
        let asked = boxes.indices.map { isHub($0, callers[$0]) }
        let asking = boxes.indices.map { isHub($0, servers[$0]) }
        for (index, link) in links.enumerated() where link.client != link.server {
            if asked[link.server] || asking[link.client] { folded.insert(index) }
        }
    }
}

/// A link that is drawn as a tag below one of its ends, with the name of the other.
struct Stub {
    /// The position of the link.
    let link: Int
    /// `→ coredns`, below a caller; `← prometheus`, below who is called.
    let text: String
    /// From the top left corner of the node's room.
    let frame: Layout.Rect

    static let textSize = 9.0
    private static let maximumTextWidth = 130.0
    private static let height = 15.0
    private static let gap = 4.0

    /// Sets tags in rows below a node.
    ///
    /// - Parameters:
    ///   - tags: Links with the texts of their tags.
    ///   - size: The node's.
    /// - Returns: The tags, and the size of the node with them.
    static func arrange(
        _ tags: [(link: Int, text: String)],
        below size: LayoutRequest.Size
    ) -> (stubs: [Stub], room: LayoutRequest.Size) {
        let texts = tags.map { FontMetrics.fit($0.text, size: textSize, maximumWidth: maximumTextWidth) }
        let widths = texts.map { FontMetrics.width($0, size: textSize) + 12 }
        let limit = max(size.width, widths.max() ?? 0)
        var (x, y) = (0.0, size.height + gap)
        var stubs: [Stub] = []
        for (index, tag) in tags.enumerated() {
            if x > 0, x + widths[index] > limit { (x, y) = (0, y + height + gap) }
            let frame = Layout.Rect(x: x, y: y, width: widths[index], height: height)
            stubs.append(Stub(link: tag.link, text: texts[index], frame: frame))
            x += widths[index] + gap
        }
        return (stubs, LayoutRequest.Size(width: limit, height: y + height + 2))
    }
}
