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
        let members = try store.read { database in
            let plan = try placed(query, database).plan
            guard plan.isMerged else { return plan.members(ofNode: id) }
            let exact = try fold(query, coarsest: .coarsest, isExact: true, database)
            return exact.placer.plan.members(ofNode: id)
        }
        return NodeDetail(members, resolver: resolver)
    }
}
