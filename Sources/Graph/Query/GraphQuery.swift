// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What to make a graph of: the one query that CLI, API and page share.
package struct GraphQuery: Hashable, Sendable {
    /// The part of the stored time a graph is made from.
    package enum Range: Hashable, Sendable {
        /// An absent bound stands for the first or last stored instant.
        case between(from: Timestamp?, to: Timestamp?)
        /// So many nanoseconds before the end of the data.
        case last(nanoseconds: Int64)
    }

    package var range: Range
    package var level: GraphLevel
    /// Only edges with an end in one of these; empty means all.
    package var namespaces: Set<String>
    /// What stands together across the level.
    package var group: GraphGroup?
    /// What is one node each, whatever the level and the group.
    package var collapsed: Set<CollapsedBox>
    /// The key of the label whose values nodes are told, for boxes around them.
    package var boxLabel: String?
    /// How far pseudo-nodes are folded.
    package var folding: PseudoNodePolicy
    /// Only edges that match.
    package var filter: EdgeFilter?
    /// No edges that match.
    package var hide: EdgeFilter?
    /// Only edges near one node.
    package var focus: Focus?
    /// Only so many of the busiest edges, and those that are failing.
    package var top: Int?
    /// Tells which of the edges that are left match; leaves nothing out.
    package var find: EdgeFilter?
    /// What is told beside figures, where a document has it.
    package var include: Set<GraphDetail>

    /// A node, and how far around it to look.
    package struct Focus: Hashable, Sendable {
        package static let depths = 1...16

        /// The id of the node.
        package var node: String
        /// Steps along edges in either direction, of `depths`.
        package var depth: Int

        package init(node: String, depth: Int = 1) {
            self.node = node
            self.depth = depth
        }
    }

    /// How many edges `top` may ask for.
    package static let tops = 1...100_000

    package init(
        range: Range = .between(from: nil, to: nil),
        level: GraphLevel = .workload,
        namespaces: Set<String> = [],
        group: GraphGroup? = nil,
        collapsed: Set<CollapsedBox> = [],
        boxLabel: String? = nil,
        folding: PseudoNodePolicy = .automatic,
        filter: EdgeFilter? = nil,
        hide: EdgeFilter? = nil,
        focus: Focus? = nil,
        top: Int? = nil,
        find: EdgeFilter? = nil,
        include: Set<GraphDetail> = .all
    ) {
        self.range = range
        self.level = level
        self.namespaces = namespaces
        self.group = group
        self.collapsed = collapsed
        self.boxLabel = boxLabel
        self.folding = folding
        self.filter = filter
        self.hide = hide
        self.focus = focus
        self.top = top
        self.find = find
        self.include = include
    }

    /// The range in whole base windows; empty for an empty store.
    ///
    /// - Parameter stored: What the store holds, from the first window's start to the last one's end.
    /// - Returns: The range asked for, widened.
    package func window(stored: Window?) -> Window {
        let epoch = Timestamp(nanoseconds: 0)
        let whole = stored ?? Window(start: epoch, end: epoch)
        let asked =
            switch range {
            case .between(let from, let to):
                Window(
                    start: from ?? min(whole.start, to ?? whole.start),
                    end: to ?? max(whole.end, from ?? whole.end)
                )
            case .last(let nanoseconds):
                Window(start: max(whole.start, whole.end + -nanoseconds), end: whole.end)
            }
        // Damaged captures carry absurd times, at which widening would overflow.
        let limits = TimeExpression.earliest...TimeExpression.latest
        return Window(start: asked.start.clamped(to: limits), end: asked.end.clamped(to: limits))
            .widenedToBase
    }
}

extension Comparable {
    fileprivate func clamped(to limits: ClosedRange<Self>) -> Self {
        min(max(self, limits.lowerBound), limits.upperBound)
    }
}
