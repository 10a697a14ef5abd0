// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Render

/// How easy a picture is to read, in three numbers.
struct Quality {
    /// Pairs of lines that cross, each counted once however often they do.
    var crossings = 0
    /// Of all lines, in points.
    var length = 0.0
    /// Of the picture, in square points.
    var area = 0.0

    private static let stepsPerSegment = 8

    init(_ layout: Layout) {
        area = layout.width * layout.height
        let lines = layout.edges.map { $0.splines.map(Self.points) }
        for line in lines.flatMap(\.self) {
            for (from, to) in zip(line, line.dropFirst()) {
                length += ((to.x - from.x) * (to.x - from.x) + (to.y - from.y) * (to.y - from.y)).squareRoot()
            }
        }
        for one in lines.indices {
            for other in lines.indices where other > one && Self.cross(lines[one], lines[other]) {
                crossings += 1
            }
        }
    }

    /// A spline as a chain of short straight lines.
    private static func points(_ spline: [Layout.Point]) -> [Layout.Point] {
        var points = Array(spline.prefix(1))
        for start in stride(from: 0, to: spline.count - 3, by: 3) {
            let (a, b, c, d) = (spline[start], spline[start + 1], spline[start + 2], spline[start + 3])
            for step in 1...stepsPerSegment {
                let t = Double(step) / Double(stepsPerSegment)
                let (w, x, y, z) = (
                    (1 - t) * (1 - t) * (1 - t), 3 * t * (1 - t) * (1 - t), 3 * t * t * (1 - t), t * t * t
                )
                points.append(
                    Layout.Point(
                        x: a.x * w + b.x * x + c.x * y + d.x * z,
                        y: a.y * w + b.y * x + c.y * y + d.y * z
                    )
                )
            }
        }
        return points
    }

    private static func cross(_ left: [[Layout.Point]], _ right: [[Layout.Point]]) -> Bool {
        for one in left {
            for other in right where bounds(one).touches(bounds(other)) {
                for (a, b) in zip(one, one.dropFirst()) {
                    for (c, d) in zip(other, other.dropFirst()) where segmentsCross(a, b, c, d) {
                        return true
                    }
                }
            }
        }
        return false
    }

    private static func bounds(_ points: [Layout.Point]) -> Bounds {
        points.reduce(into: Bounds()) { $0.add($1) }
    }

    private struct Bounds {
        var (left, right, top, bottom) = (
            Double.infinity, -Double.infinity, Double.infinity, -Double.infinity
        )

        mutating func add(_ point: Layout.Point) {
            (left, right) = (min(left, point.x), max(right, point.x))
            (top, bottom) = (min(top, point.y), max(bottom, point.y))
        }

        func touches(_ other: Bounds) -> Bool {
            left <= other.right && other.left <= right && top <= other.bottom && other.top <= bottom
        }
    }

    private static func segmentsCross(
        _ a: Layout.Point,
        _ b: Layout.Point,
        _ c: Layout.Point,
        _ d: Layout.Point
    ) -> Bool {
        func side(_ p: Layout.Point, _ q: Layout.Point, _ r: Layout.Point) -> Double {
            (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
        }
        return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0
    }
}
