// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// How a picture is to be arranged.
package struct LayoutOptions: Hashable, Sendable {
    /// The order in which nodes stand.
    package enum Kind: String, CaseIterable, Sendable {
        /// Clients left of their servers.
        case layered
        /// Circles around the node with most neighbours.
        case radial
        /// Close together, neighbours beside each other.
        case compact
    }

    /// What boxes are drawn around.
    package enum Boxes: Hashable, Sendable {
        case namespace
        case none
        /// Nodes with one value of a label; the graph must have been asked to tell it.
        case label(key: String)

        /// Reads `namespace`, `none` or `label:KEY`; `nil` for anything else.
        package init?(_ text: String) {
            switch text {
            case "namespace": self = .namespace
            case "none": self = .none
            default:
                guard case .label(let key) = GraphGroup(text) else { return nil }
                self = .label(key: key)
            }
        }

        /// The label that a graph must tell the values of.
        package var label: String? {
            if case .label(let key) = self { key } else { nil }
        }
    }

    /// What becomes of nodes that nearly everything speaks with.
    package enum Hubs: String, CaseIterable, Sendable {
        /// Lines to them are drawn as tags on the nodes at their other end.
        case fold
        /// They are drawn like others.
        case show
    }

    package var kind: Kind
    package var boxes: Boxes
    package var hubs: Hubs

    package init(kind: Kind = .layered, boxes: Boxes = .namespace, hubs: Hubs = .fold) {
        self.kind = kind
        self.boxes = boxes
        self.hubs = hubs
    }
}

/// How a layout came about: pictures say so.
package struct LayoutMethod: Equatable, Sendable {
    /// What placed the nodes.
    package enum Engine: String, Sendable {
        /// There was nothing to place.
        case none
        case dot
        /// `dot` for each box, and `dot` for the boxes.
        case dotInBoxes = "dot-boxes"
        case sfdp
        /// Rings of our own making.
        case radial
    }

    package var engine: Engine
    /// Whether something slower was tried, or would have been asked for a smaller graph.
    package var isFallback = false
    /// Whether the labels of edges have room.
    package var hasLabels = false

    package init(_ engine: Engine, isFallback: Bool = false, hasLabels: Bool = false) {
        self.engine = engine
        self.isFallback = isFallback
        self.hasLabels = hasLabels
    }
}
