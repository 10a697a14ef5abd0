// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Which engine lays out a picture, by its size, and what follows when that takes too long.
struct LayoutStrategy {
    /// Pictures up to these sizes are one piece of work for `dot`, with labels on their edges.
    ///
    /// Measured on realistic graphs (`Benchmarks/Layout`): at these sizes it takes under a second.
    static let maximumWholeNodes = 60
    static let maximumWholeLinks = 120
    /// Where there are no boxes to cut along, `dot` gets so many with fewer rounds, and no labels.
    static let maximumRoughLinks = 450

    /// One thing to try.
    private enum Attempt {
        case whole
        case composed(ComposedLayout)
        case rough
        case compact
        case radial

        var method: LayoutMethod {
            switch self {
            case .whole: LayoutMethod(.dot, hasLabels: true)
            case .composed: LayoutMethod(.dotInBoxes)
            case .rough: LayoutMethod(.dot)
            case .compact: LayoutMethod(.sfdp)
            case .radial: LayoutMethod(.radial)
            }
        }
    }

    let pool: LayoutPool
    let deadline: Duration

    /// The layout of a picture and how it was made.
    ///
    /// - Throws: `RenderError` when every attempt overran its time or memory, or failed.
    func layout(_ picture: Picture, kind: LayoutOptions.Kind) async throws -> (Layout, LayoutMethod) {
        guard !picture.boxes.isEmpty else { return (.empty, LayoutMethod(.none)) }
        let start = ContinuousClock.now
        var failure = RenderError.timedOut(after: deadline)
        let attempts = Self.attempts(picture, kind)
        for (number, attempt) in attempts.enumerated() {
            let left = deadline - (ContinuousClock.now - start)
            guard left > .zero else { break }
            do {
                // Half of what is left, so that the simpler attempt still has time.
                let share = number == attempts.count - 1 ? left : left / 2
                let layout = try await run(attempt, picture, within: share)
                var method = attempt.method
                // The engine that a picture of this kind has while it is small.
                method.isFallback = number > 0 || (kind == .layered && method.engine == .sfdp)
                return (layout, method)
            } catch let error as RenderError {
                failure = error.code == .timedOut ? .timedOut(after: deadline) : error
            }
        }
        throw failure
    }

    private static func attempts(_ picture: Picture, _ kind: LayoutOptions.Kind) -> [Attempt] {
        switch kind {
        case .compact: return [.compact]
        case .radial: return [.radial]
        case .layered: break
        }
        let links = picture.laidOutLinks.count
        var attempts: [Attempt] = []
        if picture.boxes.count <= maximumWholeNodes, links <= maximumWholeLinks { attempts.append(.whole) }
        let composed = ComposedLayout(picture)
        if composed.isWorthwhile {
            attempts.append(.composed(composed))
        } else if links <= maximumRoughLinks {
            attempts.append(.rough)
        }
        return attempts + [.compact]
    }

    private func run(_ attempt: Attempt, _ picture: Picture, within time: Duration) async throws -> Layout {
        guard let request = request(attempt, picture) else {
            if case .composed(let composed) = attempt {
                return try await composed.layout(in: pool, within: time)
            }
            return RadialLayout.layout(picture)
        }
        var layout = try await pool.layouts([request], within: time)[0]
        // The request has only the edges that are laid out.
        var edges = Array(repeating: Layout.Line(), count: picture.links.count)
        for (index, line) in zip(picture.laidOutLinks, layout.edges) { edges[index] = line }
        layout.edges = edges
        return layout
    }

    /// What is asked of one engine in one piece; `nil` for what takes more than that.
    private func request(_ attempt: Attempt, _ picture: Picture) -> LayoutRequest? {
        switch attempt {
        case .whole: picture.request(.dot, Picture.layeredAttributes, hasLabels: true)
        case .rough: picture.request(.dot, Picture.roughAttributes, hasLabels: false)
        case .compact: picture.request(.sfdp, Picture.compactAttributes, hasLabels: false)
        case .composed, .radial: nil
        }
    }
}
