// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Rectangles of any size set beside and below each other, without overlap.
struct Shelves {
    /// The top left corner of each rectangle, in the order given.
    private(set) var places: [Layout.Point]
    private(set) var size = LayoutRequest.Size(width: 0, height: 0)

    /// Wider than high, as screens are.
    private static let aspect = 1.6

    /// Packs rectangles.
    ///
    /// - Parameters:
    ///   - sizes: Theirs.
    ///   - gap: Between any two.
    ///   - sorted: Whether the highest may come first; else the order stays.
    init(_ sizes: [LayoutRequest.Size], gap: Double, sorted: Bool) {
        places = Array(repeating: Layout.Point(x: 0, y: 0), count: sizes.count)
        guard !sizes.isEmpty else { return }
        let area = sizes.reduce(0) { $0 + ($1.width + gap) * ($1.height + gap) }
        let widest = sizes.reduce(0) { max($0, $1.width) }
        let wanted = max(widest, (area * Self.aspect).squareRoot())
        let order =
            sorted
            ? sizes.indices.sorted {
                sizes[$0].height != sizes[$1].height ? sizes[$0].height > sizes[$1].height : $0 < $1
            }
            : Array(sizes.indices)
        var (x, y, shelf) = (0.0, 0.0, 0.0)
        for index in order {
            if x > 0, x + sizes[index].width > wanted {
                (x, y, shelf) = (0, y + shelf + gap, 0)
            }
            places[index] = Layout.Point(x: x, y: y)
            x += sizes[index].width + gap
            shelf = max(shelf, sizes[index].height)
            size.width = max(size.width, x - gap)
        }
        size.height = y + shelf
    }
}
