// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// The outline that tells the kinds of nodes apart without reading.
enum NodeShape {
    /// Room beside the text, on each side.
    static func padding(_ kind: NodeKind) -> Double {
        switch kind {
        case .workload, .ip, .cidr, .node, .namespace, .group: 16
        case .pod, .domain: 22
        case .service: 26
        case .internet: 34
        }
    }

    static func height(_ kind: NodeKind) -> Double {
        switch kind {
        case .internet: 64
        case .namespace: 54
        case .pod, .workload, .service, .node, .group, .domain, .ip, .cidr: 46
        }
    }

    /// How far the text stands below the middle.
    static func textShift(_ kind: NodeKind) -> Double {
        switch kind {
        case .internet, .namespace: 4
        case .pod, .workload, .service, .node, .group, .domain, .ip, .cidr: 0
        }
    }

    /// Path data of the outline.
    static func outline(_ kind: NodeKind, in box: Layout.Rect) -> String {
        switch kind {
        case .workload, .group: rounded(box, radius: 9)
        case .pod, .domain: rounded(box, radius: box.height / 2)
        case .service: hexagon(box)
        case .namespace: folder(box)
        case .node: rounded(box, radius: 1)
        case .ip, .cidr: rounded(box, radius: 4)
        case .internet: cloud(box)
        }
    }

    /// Path data of what is drawn behind or within the outline, if anything.
    static func ornament(_ kind: NodeKind, in box: Layout.Rect) -> String? {
        switch kind {
        case .workload, .group:
            // A second card behind: it is several.
            let shifted = Layout.Rect(x: box.x + 4, y: box.y + 4, width: box.width, height: box.height)
            return rounded(shifted, radius: 9)
        case .node:
            let bar = Layout.Rect(x: box.x, y: box.y + box.height - 5, width: box.width, height: 5)
            return rounded(bar, radius: 1)
        case .pod, .service, .namespace, .domain, .ip, .cidr, .internet: return nil
        }
    }

    static func rounded(_ box: Layout.Rect, radius: Double) -> String {
        let radius = min(radius, box.height / 2, box.width / 2)
        let (right, bottom) = (box.x + box.width, box.y + box.height)
        let arc = "A\(Decimal1.text(radius)) \(Decimal1.text(radius)) 0 0 1 "
        return
            "M\(at(box.x + radius, box.y))H\(Decimal1.text(right - radius))\(arc)\(at(right, box.y + radius))"
            + "V\(Decimal1.text(bottom - radius))\(arc)\(at(right - radius, bottom))"
            + "H\(Decimal1.text(box.x + radius))\(arc)\(at(box.x, bottom - radius))"
            + "V\(Decimal1.text(box.y + radius))\(arc)\(at(box.x + radius, box.y))Z"
    }

    private static func hexagon(_ box: Layout.Rect) -> String {
        let (right, bottom, middle) = (box.x + box.width, box.y + box.height, box.y + box.height / 2)
        let corner = 14.0
        return "M\(at(box.x, middle))L\(at(box.x + corner, box.y))H\(Decimal1.text(right - corner))"
            + "L\(at(right, middle))L\(at(right - corner, bottom))H\(Decimal1.text(box.x + corner))Z"
    }

    private static func folder(_ box: Layout.Rect) -> String {
        let (right, bottom) = (box.x + box.width, box.y + box.height)
        let tab = min(56, box.width * 0.45)
        return
            "M\(at(box.x, bottom - 6))V\(Decimal1.text(box.y + 5))Q\(at(box.x, box.y)) \(at(box.x + 5, box.y))"
            + "H\(Decimal1.text(box.x + tab - 8))L\(at(box.x + tab, box.y + 8))H\(Decimal1.text(right - 6))"
            + "Q\(at(right, box.y + 8)) \(at(right, box.y + 14))V\(Decimal1.text(bottom - 6))"
            + "Q\(at(right, bottom)) \(at(right - 6, bottom))H\(Decimal1.text(box.x + 6))"
            + "Q\(at(box.x, bottom)) \(at(box.x, bottom - 6))Z"
    }

    private static func cloud(_ box: Layout.Rect) -> String {
        func place(_ x: Double, _ y: Double) -> String { at(box.x + x * box.width, box.y + y * box.height) }
        let bumps: [[(Double, Double)]] = [
            [(0.03, 1.0), (-0.05, 0.62), (0.11, 0.52)], [(0.06, 0.22), (0.27, 0.06), (0.37, 0.22)],
            [(0.45, -0.06), (0.72, -0.06), (0.75, 0.22)], [(0.9, 0.1), (1.02, 0.36), (0.92, 0.52)],
            [(1.06, 0.62), (0.98, 1.0), (0.82, 1.0)],
        ]
        let curves = bumps.map { bump in "C" + bump.map { place($0.0, $0.1) }.joined(separator: " ") }
        return "M\(place(0.18, 1))" + curves.joined() + "Z"
    }

    private static func at(_ x: Double, _ y: Double) -> String { "\(Decimal1.text(x)) \(Decimal1.text(y))" }
}
