// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// How a render worker ends.
package enum WorkerExit: Int32, Sendable {
    case done = 0
    /// The request is not one: wrong first line, bytes that no request has, or no graph.
    case badRequest = 2
    /// Graphviz gave up on the graph.
    case layoutFailed = 3
    /// A limit could not be set, so nothing was done.
    case notConfined = 4
    /// Standard input or output broke.
    case brokenPipe = 5
    /// librsvg's converter is not installed.
    case noConverter = 6
}
