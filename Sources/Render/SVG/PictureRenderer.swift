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
        guard !picture.boxes.isEmpty else {
            return SVGWriter.write(picture, layout: .empty, style: .full)
        }
        let start = ContinuousClock.now
        var failure = RenderError.timedOut(after: deadline)
        let attempts = Picture.Style.attempts(edges: picture.links.count)
        for (number, style) in attempts.enumerated() {
            let left = deadline - (ContinuousClock.now - start)
            guard left > .zero else { break }
            do {
                // Half of what is left, so that the simpler attempt still has time.
                let share = number == attempts.count - 1 ? left : left / 2
                let layout = try await process.layout(picture.request(style), within: share)
                return SVGWriter.write(picture, layout: layout, style: style)
            } catch let error as RenderError {
                failure = error.code == .timedOut ? .timedOut(after: deadline) : error
            }
        }
        throw failure
    }
}
