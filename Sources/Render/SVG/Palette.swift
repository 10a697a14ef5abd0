// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// The light theme, written as presentation attributes that a page's style sheet overrides.
///
/// Every color of text has a contrast of at least 4.5 to 1 on what it stands on.
enum Palette {
    static let background = "#ffffff"
    static let text = "#1e293b"
    static let quietText = "#5b6b86"
    static let namespaceFill = "#f5f7fb"
    static let namespaceStroke = "#d8dfec"
    static let nodeFill = "#ffffff"
    static let nodeStroke = "#8494b2"
    static let pseudoStroke = "#94a3b8"

    static let fonts = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif"

    static func stroke(_ health: Health) -> String {
        switch health {
        case .healthy: "#4a8573"
        case .degraded: "#b45309"
        case .failing: "#c81e1e"
        case .unknown: "#94a3b8"
        }
    }

    static func text(_ health: Health) -> String {
        switch health {
        case .healthy, .unknown: "#475569"
        case .degraded: "#92400e"
        case .failing: "#b91c1c"
        }
    }

    /// The dash pattern, so that color is never the only sign.
    static func dashes(_ health: Health) -> String? {
        switch health {
        case .healthy: nil
        case .degraded: "8 4"
        case .failing: "12 3 3 3"
        case .unknown: "2 4"
        }
    }

    /// Whether figures are bold, another sign of trouble that is not color.
    static func isBold(_ health: Health) -> Bool {
        switch health {
        case .healthy, .unknown: false
        case .degraded, .failing: true
        }
    }

    /// What trouble adds to a line's width.
    static func extraWidth(_ health: Health) -> Double {
        switch health {
        case .healthy, .unknown: 0
        case .degraded: 0.4
        case .failing: 1
        }
    }

    static func fill(_ kind: NodeKind) -> String {
        switch kind {
        case .workload, .pod: nodeFill
        case .service: "#eef4ff"
        case .namespace: "#f4f1ff"
        case .node: "#eef2f7"
        case .group: "#ecfdf5"
        case .domain, .ip, .cidr, .internet: "#fbfcfe"
        }
    }
}
