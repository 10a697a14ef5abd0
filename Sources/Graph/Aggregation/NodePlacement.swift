// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Makes the node that stands for an identity at one level of a graph.
struct NodePlacement {
    let level: GraphLevel
    /// Whether the view holds more than one cluster, so that ids begin with theirs.
    let namesClusters: Bool
    /// Whether the view holds more than one reporter with addresses of its own (loopback,
    /// link-local), so that their ids end with the reporter's.
    let namesReporters: Bool
    /// What stands together across the level.
    var group: GraphGroup?
    /// Namespaces that are one node each, whatever the level and the group.
    var collapsedNamespaces: Set<String> = []
    /// What has one of these labels is one node for each, of the first where there are several.
    var collapsedLabels: [CollapsedBox.Label] = []
    /// The key of the label whose values nodes are told.
    var boxLabel: String?
    /// Which pseudo-nodes of the view stand together.
    var folding = PseudoNodeFolding.unfolded

    /// - Parameters:
    ///   - identity: What the endpoint was.
    ///   - cluster: The cluster of the report.
    ///   - scope: The scope of the endpoint: the cluster, or the reporter.
    /// - Returns: The node, without addresses.
    func node(for identity: Identity, cluster: String, scope: String) -> Node {
        let zone = namesReporters && scope != cluster ? scope : nil
        var node = grouped(identity) ?? unprefixed(identity, zone: zone)
        node.isInferred = node.isInferred || identity.isInferred
        node.box = box(of: node, identity)
        if namesClusters { node.id = "\(cluster)/\(node.id)" }
        return node.kind.isPseudo ? folding.folded(node) : node
    }

    /// The id under which a Service is named as dialled, at every level.
    func dialledID(of service: ServiceIdentity, cluster: String) -> String {
        let id = Self.service(service).id
        return namesClusters ? "\(cluster)/\(id)" : id
    }

    /// The node of the group or the collapsed box that an identity belongs to, if it does.
    private func grouped(_ identity: Identity) -> Node? {
        if let namespace = identity.namespace, collapsedNamespaces.contains(namespace) {
            return Self.namespace(namespace)
        }
        for label in collapsedLabels where identity.labels[label.key] == label.value {
            return Self.group(label.key, label.value)
        }
        switch group {
        case .label(let key):
            guard let value = identity.labels[key], GraphGroup.isValue(value) else { return nil }
            return Self.group(key, value)
        case .namespace: return identity.namespace.map(Self.namespace)
        case nil: return nil
        }
    }

    /// The box of a node that stands for something with labels, and not for what merely runs there.
    private func box(of node: Node, _ identity: Identity) -> String? {
        guard let boxLabel, let value = identity.labels[boxLabel], GraphGroup.isValue(value)
        else { return nil }
        switch node.kind {
        case .pod, .workload, .service: return value
        case .node:
            guard case .node = identity.subject else { return nil }
            return value
        case .namespace, .group, .domain, .ip, .cidr, .internet: return nil
        }
    }

    private func unprefixed(_ identity: Identity, zone: String?) -> Node {
        switch identity.subject {
        case .pod(let pod): place(pod)
        case .service(let service):
            level == .namespace ? Self.namespace(service.namespace) : Self.service(service)
        case .node(let name):
            Self.clusterNode(name)
        case .domain(let name):
            Node(
                id: "domain/" + Self.zoned(name, zone),
                kind: .domain,
                name: name,
                identifiedBy: identity.identifiedBy
            )
        case .address(let address):
            Node(
                id: "ip/" + Self.zoned(address.description, zone),
                kind: .ip,
                name: Self.zoned(address.description, zone),
                identifiedBy: identity.identifiedBy
            )
        }
    }

    /// As RFC 4007 section 11 writes an address that is only unique within a zone.
    private static func zoned(_ text: String, _ zone: String?) -> String {
        zone.map { "\(text)%\($0)" } ?? text
    }

    private func place(_ pod: PodIdentity) -> Node {
        switch level {
        case .pod: Self.pod(pod)
        case .workload: Self.workload(pod)
        case .service:
            if pod.services.count == 1, let only = pod.services.first {
                Self.service(only)
            } else {
                Self.workload(pod)
            }
        case .namespace: Self.namespace(pod.namespace)
        case .node: pod.nodeName.map(Self.clusterNode) ?? Self.pod(pod)
        }
    }

    private static func pod(_ pod: PodIdentity) -> Node {
        Node(
            id: "pod/\(pod.namespace)/\(pod.name)",
            kind: .pod,
            name: pod.name,
            namespace: pod.namespace,
            identifiedBy: .inventory
        )
    }

    private static func workload(_ pod: PodIdentity) -> Node {
        var node = Node(
            id: "workload/\(pod.namespace)/\(pod.workload.kind)/\(pod.workload.name)",
            kind: .workload,
            name: pod.workload.name,
            namespace: pod.namespace,
            identifiedBy: .inventory
        )
        node.workloadKind = pod.workload.kind
        node.isInferred = pod.workload.isInferred
        return node
    }

    private static func service(_ service: ServiceIdentity) -> Node {
        Node(
            id: "service/\(service.namespace)/\(service.name)",
            kind: .service,
            name: service.name,
            namespace: service.namespace,
            identifiedBy: .inventory
        )
    }

    private static func namespace(_ name: String) -> Node {
        Node(id: "namespace/\(name)", kind: .namespace, name: name, identifiedBy: .inventory)
    }

    private static func group(_ key: String, _ value: String) -> Node {
        Node(id: "group/\(key)/\(value)", kind: .group, name: value, identifiedBy: .inventory)
    }

    private static func clusterNode(_ name: String) -> Node {
        Node(id: "node/\(name)", kind: .node, name: name, identifiedBy: .inventory)
    }
}
