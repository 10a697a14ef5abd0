// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

extension GraphReader {
    /// What the inventory tells of a node of a graph.
    ///
    /// - Parameters:
    ///   - id: The id of the node.
    ///   - query: The graph that has it.
    /// - Returns: Nothing of a node that is not there.
    /// - Throws: `StorageError`.
    package func detail(ofNode id: String, in query: GraphQuery) throws -> NodeDetail {
        let members = try store.read { try placed(query, $0).plan.members(ofNode: id) }
        return NodeDetail(members, resolver: resolver)
    }
}
