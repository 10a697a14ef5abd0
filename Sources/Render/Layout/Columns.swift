// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Layers of blocks, the highest broken into several columns, so that a map with many boxes is
/// as wide as it is high; lines run between columns, and through gaps in those they pass.
struct Columns {
    /// Maps up to so many times as high as wide stay as `dot` arranged them.
    static let maximumSlenderness = 1.2
    /// The width over the height that is aimed for.
    private static let aspect = 1.5
    private static let gap = LayoutRequest.Size(width: 120, height: 44)

    private struct Column {
        var left: Double
        var right: Double
        /// The middles of the gaps between its blocks, above the first and below the last.
        var gaps: [Double] = []
    }

    private var rects: [Layout.Rect]
    private var columnOfBlock: [Int]
    private var columns: [Column] = []
    private var height = 0.0

    /// Breaks layers that are too high.
    ///
    /// - Parameters:
    ///   - arranged: The blocks as `dot` arranged them: those of a layer share their x.
    ///   - sizes: Of the blocks.
    init(_ arranged: Layout, sizes: [LayoutRequest.Size]) {
        rects = sizes.map { Layout.Rect(x: 0, y: 0, width: $0.width, height: $0.height) }
        columnOfBlock = sizes.map { _ in 0 }
        let layers = Dictionary(grouping: sizes.indices) { arranged.nodes[$0].x.rounded() }
        let area = sizes.reduce(0) { $0 + ($1.width + Self.gap.width) * ($1.height + Self.gap.height) }
        let highest = sizes.reduce(0) { max($0, $1.height) }
        let limit = max(highest, (area / Self.aspect).squareRoot())
        height = limit + 2 * Self.gap.height
        for (_, layer) in layers.sorted(by: { $0.key < $1.key }) {
            let order = layer.sorted {
                let (one, other) = (arranged.nodes[$0].y, arranged.nodes[$1].y)
                return one != other ? one < other : $0 < $1
            }
            var column: [Int] = []
            var used = 0.0
            for block in order {
                if !column.isEmpty, used + sizes[block].height > limit {
                    add(column, height: used - Self.gap.height)
                    (column, used) = ([], 0)
                }
                column.append(block)
                used += sizes[block].height + Self.gap.height
            }
            add(column, height: used - Self.gap.height)
        }
    }

    /// Where the blocks are, without lines.
    var layout: Layout {
        Layout(
            width: columns.last?.right ?? 0,
            height: height,
            nodes: rects.map { Layout.Point(x: $0.x + $0.width / 2, y: $0.y + $0.height / 2) },
            clusters: [],
            edges: []
        )
    }

    /// A line from block to block that meets no other.
    func route(from: Int, to: Int) -> [Layout.Point] {
        let (one, other) = (rects[from], rects[to])
        let (start, end) = (columnOfBlock[from], columnOfBlock[to])
        let isBackward = end < start
        let first = Layout.Point(x: one.x + (isBackward ? 0 : one.width), y: one.y + one.height / 2)
        guard start != end else {
            let last = Layout.Point(x: other.x + other.width, y: other.y + other.height / 2)
            let bend = max(first.x, last.x) + Self.gap.width * 0.6
            return [first, Layout.Point(x: bend, y: first.y), Layout.Point(x: bend, y: last.y), last]
        }
        let last = Layout.Point(x: other.x + (isBackward ? other.width : 0), y: other.y + other.height / 2)
        var stops = [first]
        let passed = isBackward ? Array((end + 1..<start).reversed()) : Array(start + 1..<end)
        for column in passed.map({ columns[$0] }) {
            let middle = (column.left + column.right) / 2
            let wish = first.y + (last.y - first.y) * (middle - first.x) / (last.x - first.x)
            let y = column.gaps.min { abs($0 - wish) < abs($1 - wish) } ?? wish
            let sides = isBackward ? [column.right, column.left] : [column.left, column.right]
            stops += sides.map { Layout.Point(x: $0, y: y) }
        }
        stops.append(last)
        // Level at every stop, so that bends are between columns.
        return zip(stops, stops.dropFirst()).reduce(into: [first]) { spline, pair in
            let reach = (pair.1.x - pair.0.x) / 2
            spline += [pair.0.moved(reach, 0), pair.1.moved(-reach, 0), pair.1]
        }
    }

    private mutating func add(_ blocks: [Int], height used: Double) {
        let left = columns.last.map { $0.right + Self.gap.width } ?? 0
        let width = blocks.reduce(0) { max($0, rects[$1].width) }
        var column = Column(left: left, right: left + width)
        var top = (height - used) / 2
        for block in blocks {
            column.gaps.append(top - Self.gap.height / 2)
            rects[block].x = left + (width - rects[block].width) / 2
            rects[block].y = top
            columnOfBlock[block] = columns.count
            top += rects[block].height + Self.gap.height
        }
        column.gaps.append(top - Self.gap.height / 2)
        columns.append(column)
    }
}
