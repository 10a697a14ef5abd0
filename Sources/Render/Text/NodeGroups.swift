// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import Graph

/// The nodes of a graph by namespace or by the value of a label, as pictures box them.
package struct NodeGroups: Sendable {
    /// One box.
    package struct Group: Sendable {
        /// `NS`, or `CLUSTER/NS` when a view holds more than one cluster; or the value.
        package let name: String
        /// Positions in the graph's nodes, ascending.
        package let nodes: [Int]
    }

    /// Sorted by name.
    package let groups: [Group]
    /// Nodes outside every box, ascending.
    package let ungrouped: [Int]

    package init(_ nodes: [Node], byLabel: Bool = false) {
        var members: [String: [Int]] = [:]
        var others: [Int] = []
        for (index, node) in nodes.enumerated() {
            if let name = byLabel ? node.box : Self.groupName(node) {
                members[name, default: []].append(index)
            } else {
                others.append(index)
            }
        }
        groups = members.sorted { $0.key < $1.key }.map { Group(name: $0.key, nodes: $0.value) }
        ungrouped = others
    }

    /// Ids begin with the cluster where there are several, and then so does the box's name.
    private static func groupName(_ node: Node) -> String? {
        guard let namespace = node.namespace, !namespace.isEmpty, node.kind != .namespace else { return nil }
        guard !node.id.hasPrefix(node.kind.rawValue + "/"), let slash = node.id.firstIndex(of: "/")
        else { return namespace }
        return node.id[..<slash] + "/" + namespace
    }
}
