// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import Graph

/// Draws graphs: Graphviz lays out in a child process, the SVG is ours.
package struct PictureRenderer: Sendable {
    /// - Parameter workerPath: The executable to start with the argument `render-worker`.
    package init(workerPath: String) {
    }

    /// The picture as an SVG document.
    ///
    /// - Throws: `RenderError` when the worker overran its time or memory, or failed.
    package func svg(_ graph: ServiceGraph) async throws -> String { "" }
}
