// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Something that a node of a graph stands for.
package struct NodeMember: Hashable, Sendable {
    package let endpoint: Endpoint
    package let identity: Identity

    package init(endpoint: Endpoint, identity: Identity) {
        self.endpoint = endpoint
        self.identity = identity
    }
}

extension GraphPlan {
    /// What a node of the graph was seen as at the ends of its edges.
    ///
    /// - Parameter id: The id of the node.
    /// - Returns: Each once, in no order.
    package func members(ofNode id: String) -> Set<NodeMember> {
        let graph = placed()
        guard let node = graph.nodes.firstIndex(where: { $0.node.id == id }) else { return [] }
        var members: Set<NodeMember> = []
        for (position, pair) in pairs.enumerated() where graph.slots[position] >= 0 {
            let edge = graph.edges[Int(graph.slots[position])]
            if edge.client == node { members.insert(member(Int(pair.client))) }
            if edge.server == node { members.insert(member(Int(pair.server))) }
        }
        return members
    }

    private func member(_ party: Int) -> NodeMember {
        NodeMember(endpoint: parties[party].endpoint, identity: parties[party].identity)
    }
}
