// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What an endpoint was at some time, as far as inventory and traffic tell.
package struct Identity: Hashable, Sendable {
    /// The entity behind an endpoint.
    package enum Subject: Hashable, Sendable {
        case pod(PodIdentity)
        case service(ServiceIdentity)
        case node(name: String)
        /// An address the inventory does not know, by the name that traffic gave it.
        case domain(name: String)
        case address(IPAddress)
    }

    package let subject: Subject
    package let identifiedBy: IdentifiedBy
    /// Whether the answer rests on a guess: the entity is past its known end, several held the
    /// address in the window, or its workload was told from a name.
    package let isInferred: Bool
    /// Labels of the pod, the Service or the node at the end of the window; a pod has those of its
    /// workload too, where it has none of that key.
    package let labels: Labels

    package init(
        subject: Subject,
        identifiedBy: IdentifiedBy,
        isInferred: Bool = false,
        labels: Labels = [:]
    ) {
        self.subject = subject
        self.identifiedBy = identifiedBy
        self.isInferred = isInferred
        self.labels = labels
    }

    /// The Kubernetes namespace of the entity; `nil` for cluster nodes and pseudo-nodes.
    package var namespace: String? {
        switch subject {
        case .pod(let pod): pod.namespace
        case .service(let service): service.namespace
        case .node, .domain, .address: nil
        }
    }
}

/// A pod with everything the levels of a graph need to place it.
package struct PodIdentity: Hashable, Sendable {
    package let namespace: String
    package let name: String
    package let workload: WorkloadIdentity
    /// The Services that select the pod, sorted.
    package let services: [ServiceIdentity]
    package let nodeName: String?

    package init(
        namespace: String,
        name: String,
        workload: WorkloadIdentity,
        services: [ServiceIdentity],
        nodeName: String?
    ) {
        self.namespace = namespace
        self.name = name
        self.workload = workload
        self.services = services
        self.nodeName = nodeName
    }
}

/// The controller a person thinks of: `Deployment/nginx`, or `Pod/NAME` for a bare pod.
package struct WorkloadIdentity: Hashable, Sendable {
    package let kind: String
    package let name: String
    /// Whether the name is a guess from the naming habits of a controller.
    package let isInferred: Bool

    package init(kind: String, name: String, isInferred: Bool = false) {
        self.kind = kind
        self.name = name
        self.isInferred = isInferred
    }
}

/// A Service by namespace and name.
package struct ServiceIdentity: Hashable, Sendable, Comparable {
    package let namespace: String
    package let name: String

    package init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    package static func < (left: ServiceIdentity, right: ServiceIdentity) -> Bool {
        left.namespace != right.namespace ? left.namespace < right.namespace : left.name < right.name
    }
}

/// In which role an endpoint is asked for: the same address can be different entities.
package enum EndpointRole: Sendable, Hashable, CaseIterable {
    case client
    case server
    /// The address a client used, which may be a Service's.
    case dialled
}
