// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// Where everything is: positions in points, the origin at the top left.
package struct Layout: Equatable, Sendable {
    /// A place on the canvas.
    package struct Point: Equatable, Sendable {
        package var x: Double
        package var y: Double

        package init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// A box on the canvas.
    package struct Rect: Equatable, Sendable {
        package var x: Double
        package var y: Double
        package var width: Double
        package var height: Double
    }

    /// The line of an edge.
    package struct Line: Equatable, Sendable {
        /// Cubic Bézier splines: a start, then three points to each segment.
        ///
        /// Empty where Graphviz lost the edge.
        package var splines: [[Point]] = []
        /// Where the arrow points.
        package var tip: Point?
        /// The middle of the label.
        package var label: Point?
    }

    package var width: Double
    package var height: Double
    /// Centers, by index.
    package var nodes: [Point]
    /// Boxes, by index; `nil` where the engine knows none.
    package var clusters: [Rect?]
    package var edges: [Line]

    /// The layout of a graph without nodes.
    static let empty = Layout(width: 0, height: 0, nodes: [], clusters: [], edges: [])

    /// A layout that was composed.
    init(width: Double, height: Double, nodes: [Point], clusters: [Rect?], edges: [Line]) {
        self.width = width
        self.height = height
        self.nodes = nodes
        self.clusters = clusters
        self.edges = edges
    }

    /// Reads Graphviz's `json0`.
    ///
    /// - Parameters:
    ///   - json: The worker's answer.
    ///   - nodes: How many nodes were asked for; a missing one is an error.
    ///   - clusters: How many clusters were asked for.
    ///   - edges: How many edges were asked for.
    /// - Throws: `RenderError` when the answer is not the layout of such a graph.
    package init(json: [UInt8], nodes: Int, clusters: Int, edges: Int) throws {
        let answer: Answer
        do {
            answer = try JSONDecoder().decode(Answer.self, from: Data(json))
        } catch {
            throw RenderError.workerFailed("its answer is not a layout")
        }
        guard let box = Self.numbers(answer.bb), box.count == 4 else {
            throw RenderError.workerFailed("its answer has no size")
        }
        width = box[2] - box[0]
        height = box[3] - box[1]
        self.nodes = []
        self.clusters = Array(repeating: nil, count: clusters)
        self.edges = Array(repeating: Line(), count: edges)
        // Graphviz counts upward from the bottom.
        func point(_ x: Double, _ y: Double) -> Point { Point(x: x - box[0], y: box[3] - y) }
        func point(_ text: String?) -> Point? {
            guard let pair = Self.numbers(text), pair.count == 2 else { return nil }
            return point(pair[0], pair[1])
        }
        var places = [Point?](repeating: nil, count: nodes)
        for object in answer.objects ?? [] {
            if let index = Self.index(object.name, after: "n", below: nodes) {
                places[index] = point(object.pos)
            } else if let index = Self.index(object.name, after: "cluster_c", below: clusters),
                let corners = Self.numbers(object.bb), corners.count == 4
            {
                let topLeft = point(corners[0], corners[3])
                self.clusters[index] = Rect(
                    x: topLeft.x,
                    y: topLeft.y,
                    width: corners[2] - corners[0],
                    height: corners[3] - corners[1]
                )
            }
        }
        self.nodes = places.compactMap(\.self)
        guard self.nodes.count == nodes else { throw RenderError.workerFailed("its answer lacks nodes") }
        for edge in answer.edges ?? [] {
            guard let index = Self.index(edge.id, after: "e", below: edges) else { continue }
            self.edges[index].label = point(edge.lp)
            for spline in (edge.pos ?? "").split(separator: ";") {
                var points: [Point] = []
                for word in spline.split(separator: " ") {
                    if word.hasPrefix("e,") {
                        self.edges[index].tip = point(String(word.dropFirst(2)))
                    } else if !word.hasPrefix("s,"), let place = point(String(word)) {
                        points.append(place)
                    }
                }
                if points.count >= 4, points.count % 3 == 1 { self.edges[index].splines.append(points) }
            }
        }
    }

    /// The part of `json0` that is used.
    private struct Answer: Decodable {
        struct Object: Decodable {
            var name: String?
            var bb: String?
            var pos: String?
        }
        struct Edge: Decodable {
            var id: String?
            var pos: String?
            var lp: String?
        }
        var bb: String?
        var objects: [Object]?
        var edges: [Edge]?
    }

    private static func numbers(_ text: String?) -> [Double]? {
        guard let text else { return nil }
        var numbers: [Double] = []
        for word in text.split(separator: ",") {
            guard let number = Double(word), number.isFinite, number.magnitude < 1e9 else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private static func index(_ name: String?, after prefix: String, below count: Int) -> Int? {
        guard let name, name.hasPrefix(prefix), let index = Int(name.dropFirst(prefix.count)),
            (0..<count).contains(index)
        else { return nil }
        return index
    }
}
