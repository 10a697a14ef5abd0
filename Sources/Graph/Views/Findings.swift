// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The edges of a graph that somebody looks for.
package struct Findings: Equatable, Sendable {
    /// Ids, in the order of the graph.
    package var edges: [String] = []
    /// Ids of the nodes at their ends, in the order of the graph.
    package var nodes: [String] = []
    /// How many edges were not found as the expression read a field that has no value.
    package var absent = 0
    /// How many were not found as it had no answer for another reason, such as an overflow.
    package var failed = 0

    package init() {}
}
