// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What tells which pod had an address when: all that most of the pods of a long history are asked for.
///
/// Only of a pod that nobody told of twice, and that listens on no address of its node.
package struct PodOutline: Sendable {
    package let cluster: String
    package let uid: String
    package let addresses: [IPAddress]
    package let createdAt: Timestamp?
    package let scheduledAt: Timestamp?
    package let endedAt: Timestamp?

    package init(
        cluster: String,
        uid: String,
        addresses: [IPAddress],
        createdAt: Timestamp?,
        scheduledAt: Timestamp?,
        endedAt: Timestamp?
    ) {
        self.cluster = cluster
        self.uid = uid
        self.addresses = addresses
        self.createdAt = createdAt
        self.scheduledAt = scheduledAt
        self.endedAt = endedAt
    }
}

/// A pod of which all was read, and what the rest of the inventory makes of it.
package struct ArrangedPod: Sendable {
    let pod: InventoryTables.Pod
}

/// Pods that are read when they are asked for.
package protocol PodSource: AnyObject, Sendable {
    var outlines: [PodOutline] { get }

    /// A pod, by the position of its outline.
    ///
    /// - Parameters:
    ///   - position: Of the outline.
    ///   - arrange: Arranges all that was told of it; need not be called for a pod that is known.
    /// - Returns: The pod.
    func pod(at position: Int, arrange: (PodFact) -> ArrangedPod) -> ArrangedPod
}
