// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import Graph

/// Draws graphs: Graphviz lays out in a child process, the SVG is ours.
package struct PictureRenderer: Sendable {
    private let process: LayoutProcess
    private let deadline: Duration

    /// Prepares to draw; starts no process.
    ///
    /// - Parameters:
    ///   - workerPath: The executable to start with the argument `render-worker`.
    ///   - limits: What one picture may cost.
    package init(workerPath: String, limits: WorkerLimits = WorkerLimits()) {
        process = LayoutProcess(workerPath: workerPath, limits: limits)
        deadline = limits.deadline
    }

    /// The picture as an SVG document.
    ///
    /// A layout that overruns or fails is tried again with less care, within the same deadline;
    /// the picture says so.
    ///
    /// - Throws: `RenderError` when the worker overran its time or memory, or failed.
    package func svg(_ graph: ServiceGraph) async throws -> String {
        let picture = Picture(graph)
        let (layout, style) = try await layout(of: picture)
        return SVGWriter.write(picture, layout: layout, style: style)
    }

    /// The centers of a graph's nodes by their ids, in points from the top left, as in the picture.
    ///
    /// - Throws: `RenderError` when the worker overran its time or memory, or failed.
    package func places(_ graph: ServiceGraph) async throws -> [String: Layout.Point] {
        let picture = Picture(graph)
        let layout = try await layout(of: picture).layout
        return Dictionary(
            zip(picture.boxes.map(\.node.id), layout.nodes),
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func layout(of picture: Picture) async throws -> (layout: Layout, style: Picture.Style) {
        guard !picture.boxes.isEmpty else { return (.empty, .full) }
        let start = ContinuousClock.now
        var failure = RenderError.timedOut(after: deadline)
        let attempts = Picture.Style.attempts(edges: picture.links.count)
        for (number, style) in attempts.enumerated() {
            let left = deadline - (ContinuousClock.now - start)
            guard left > .zero else { break }
            do {
                // Half of what is left, so that the simpler attempt still has time.
                let share = number == attempts.count - 1 ? left : left / 2
                return (try await process.layout(picture.request(style), within: share), style)
            } catch let error as RenderError {
                failure = error.code == .timedOut ? .timedOut(after: deadline) : error
            }
        }
        throw failure
    }
}
