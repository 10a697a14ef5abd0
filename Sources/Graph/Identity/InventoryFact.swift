// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// A label map, as Kubernetes has it.
package typealias Labels = [String: String]

/// The controller of a pod or of a ReplicaSet, as an owner reference names it.
package struct OwnerReference: Codable, Hashable, Sendable {
    package let kind: String
    package let name: String

    package init(kind: String, name: String) {
        self.kind = kind
        self.name = name
    }
}

/// A port that a container, a service or an endpoint slice declares.
package struct PortFact: Codable, Hashable, Sendable {
    package var name: String?
    package var port: UInt16
    package var transport: TransportProtocol
    /// A service's target: a number or the name of a container port.
    package var targetPort: String?
    package var nodePort: UInt16?
    /// A container's `hostPort`.
    package var hostPort: UInt16?

    package init(
        name: String? = nil,
        port: UInt16,
        transport: TransportProtocol,
        targetPort: String? = nil,
        nodePort: UInt16? = nil,
        hostPort: UInt16? = nil
    ) {
        self.name = name
        self.port = port
        self.transport = transport
        self.targetPort = targetPort
        self.nodePort = nodePort
        self.hostPort = hostPort
    }
}

/// What Kubernetes said of one pod.
///
/// The `revision` of a fact is the API server's count of changes at the object's last one: of two
/// statements about one object, that with the greater is the later.
package struct PodFact: Codable, Hashable, Sendable {
    package var namespace: String
    package var name: String
    package var uid: String
    package var labels: Labels = [:]
    package var addresses: [IPAddress] = []
    package var isHostNetwork = false
    package var nodeName: String?
    package var owner: OwnerReference?
    package var ports: [PortFact] = []
    package var createdAt: Timestamp?
    /// When it was given to a node: no pod has an address before.
    package var scheduledAt: Timestamp?
    /// When the pod stopped owning its address, if known.
    package var endedAt: Timestamp?
    package var revision: UInt64?

    package init(namespace: String, name: String, uid: String) {
        self.namespace = namespace
        self.name = name
        self.uid = uid
    }
}

/// What Kubernetes said of a controller that stands between pods and their workload
/// (ReplicaSet, Job) or is the workload (Deployment, StatefulSet, DaemonSet, CronJob).
package struct WorkloadFact: Codable, Hashable, Sendable {
    package var namespace: String
    package var kind: String
    package var name: String
    package var uid: String
    package var labels: Labels = [:]
    package var owner: OwnerReference?
    package var createdAt: Timestamp?
    package var endedAt: Timestamp?
    package var revision: UInt64?

    package init(namespace: String, kind: String, name: String, uid: String) {
        self.namespace = namespace
        self.kind = kind
        self.name = name
        self.uid = uid
    }
}

/// What Kubernetes said of one Service.
package struct ServiceFact: Codable, Hashable, Sendable {
    package var namespace: String
    package var name: String
    package var uid: String
    package var labels: Labels = [:]
    /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`.
    package var type = "ClusterIP"
    /// Empty for headless services.
    package var clusterAddresses: [IPAddress] = []
    /// `spec.externalIPs` and load-balancer ingress addresses.
    package var externalAddresses: [IPAddress] = []
    package var externalName: String?
    package var ports: [PortFact] = []
    package var selector: Labels = [:]
    package var createdAt: Timestamp?
    package var endedAt: Timestamp?
    package var revision: UInt64?

    package init(namespace: String, name: String, uid: String) {
        self.namespace = namespace
        self.name = name
        self.uid = uid
    }
}

/// Which addresses and ports stand behind a Service: an Endpoints object or an EndpointSlice.
package struct EndpointsFact: Codable, Hashable, Sendable {
    package var namespace: String
    /// The object's own name; a service may have several slices.
    package var name: String
    package var uid: String
    package var serviceName: String
    package var addresses: [IPAddress] = []
    package var ports: [PortFact] = []
    package var createdAt: Timestamp?
    package var endedAt: Timestamp?
    package var revision: UInt64?

    package init(namespace: String, name: String, uid: String, serviceName: String) {
        self.namespace = namespace
        self.name = name
        self.uid = uid
        self.serviceName = serviceName
    }
}

/// What Kubernetes said of one node.
package struct NodeFact: Codable, Hashable, Sendable {
    package var name: String
    package var uid: String
    package var labels: Labels = [:]
    /// Internal and external addresses.
    package var addresses: [IPAddress] = []
    /// Pod address ranges in CIDR notation; the first address of each is the node's bridge.
    package var podRanges: [String] = []
    package var createdAt: Timestamp?
    package var endedAt: Timestamp?
    package var revision: UInt64?

    package init(name: String, uid: String) {
        self.name = name
        self.uid = uid
    }
}

/// One statement about one object.
package enum InventoryFact: Codable, Hashable, Sendable {
    case pod(PodFact)
    case workload(WorkloadFact)
    case service(ServiceFact)
    case endpoints(EndpointsFact)
    case node(NodeFact)
}

/// A fact, the cluster it is from and when it was received.
package struct InventoryObservation: Codable, Hashable, Sendable {
    package var cluster: String
    /// The receive time where there is one; a dump has none.
    package var observedAt: Timestamp?
    package var fact: InventoryFact

    package init(cluster: String, observedAt: Timestamp? = nil, fact: InventoryFact) {
        self.cluster = cluster
        self.observedAt = observedAt
        self.fact = fact
    }
}
