// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import Graph

/// The graph as JSON, the one shape that CLI, API and saved graphs share.
package enum GraphJSON {
    /// The document of `docs/formats/graph-json.md`; equal graphs give equal bytes.
    package static func encode(_ graph: ServiceGraph) -> String { "" }
}
