// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Tells what an endpoint was in a window, from the inventory as it was then.
///
/// Built from every observation there is, in any order; asking changes nothing.
package struct IdentityResolver: Sendable {
    private let inventory: InventoryTables
    private let names: [Endpoint: NameObservation]
    private let instants: InventoryCuts
    /// Names from traffic that could not stand for a node.
    package let refusedNames: Int

    /// - Parameters:
    ///   - inventory: Every observation known, in any order.
    ///   - pods: Pods that none of the observations tells of.
    ///   - names: Names that traffic gave to addresses, in any order.
    package init(
        inventory: [InventoryObservation],
        pods: (any PodSource)? = nil,
        names: [NameObservation]
    ) {
        let tables = InventoryTables(inventory, pods: pods)
        self.inventory = tables
        self.instants = InventoryCuts(of: tables)
        let table = NameTable(names)
        self.names = table.names
        self.refusedNames = table.refused
    }

    /// The entity behind an endpoint.
    ///
    /// - Parameters:
    ///   - endpoint: The address, in the scope of its cluster.
    ///   - port: The port it was used with; 0 for clients and transports without ports.
    ///   - transport: The transport of that port.
    ///   - role: Whether it called, answered or was dialled.
    ///   - window: When.
    /// - Returns: What it was; a pseudo-node where the inventory does not know the address.
    package func identity(
        of endpoint: Endpoint,
        port: UInt16,
        transport: TransportProtocol,
        as role: EndpointRole,
        in window: Window
    ) -> Identity {
        if let tenant = inventory.podAddresses[endpoint]?.tenant(in: window) {
            return pod(tenant, in: window)
        }
        if let tenant = inventory.clusterAddresses[endpoint]?.tenant(in: window) {
            return service(tenant, in: window)
        }
        let socket = InventoryTables.Socket(endpoint: endpoint, port: port, transport: transport)
        if role != .client, let listener = listener(on: socket, in: window) { return listener }
        if let tenant = inventory.nodeAddresses[endpoint]?.tenant(in: window) {
            let node = inventory.nodes[tenant.holder]
            return Identity(
                subject: .node(name: node.fact.name),
                identifiedBy: .inventory,
                isInferred: tenant.isInferred,
                labels: node.labels.value(in: window) ?? [:]
            )
        }
        // The port is not one it declares, but the address can only be this Service's.
        let owners = (inventory.externalAddresses[endpoint] ?? []).filter { isAlive($0, in: window) }
        if role != .client, owners.count == 1, let owner = owners.first { return service(owner, in: window) }
        return pseudoNode(endpoint)
    }

    /// Whether the inventory says that something listens on a port of an endpoint: what turns
    /// an edge whose direction no packet told.
    package func isDeclared(
        _ endpoint: Endpoint,
        port: UInt16,
        transport: TransportProtocol,
        in window: Window
    ) -> Bool {
        if let tenant = inventory.podAddresses[endpoint]?.tenant(in: window) {
            let pod = inventory.pod(tenant.holder)
            return pod.fact.ports.contains { ($0.port, $0.transport) == (port, transport) }
                || pod.selections.contains { isTarget(of: $0.service, port: port, transport: transport) }
                || isBackend(endpoint, port: port, transport: transport)
        }
        // Nothing is ever sent from a cluster address, but to it.
        if inventory.clusterAddresses[endpoint]?.tenant(in: window) != nil { return true }
        let socket = InventoryTables.Socket(endpoint: endpoint, port: port, transport: transport)
        return listener(on: socket, in: window) != nil
    }

    /// The instants at which an answer about an endpoint may change, sorted: in two windows that
    /// lie between the same two of them, every answer about it is the same, whatever the port,
    /// the transport and the role.
    ///
    /// - Parameter endpoint: The address, in the scope of its cluster.
    /// - Returns: At least every instant at which one does change.
    package func cuts(of endpoint: Endpoint) -> [Timestamp] { instants.cuts(of: endpoint, in: inventory) }

    /// The longest time around a window in which an endpoint gets the answer that it gets in it, as far as that can
    /// be told from who had the address then alone.
    ///
    /// - Returns: `nil` where an answer may change within the window.
    package func constancy(of endpoint: Endpoint, around window: Window) -> Window? {
        guard let tenancy = inventory.podAddresses[endpoint], !instants.isMoreThanPod(endpoint)
        else { return window.constancy(between: cuts(of: endpoint)) }
        guard let turn = window.constancy(between: InventoryCuts.sorted(tenancy.cuts)) else { return nil }
        guard let tenant = tenancy.tenant(in: window) else { return turn }
        let own = window.constancy(between: inventory.selectionCuts(of: tenant.holder))
        return own.map { Window(start: max($0.start, turn.start), end: min($0.end, turn.end)) }
    }

    // MARK: - Sockets

    /// What listens on an address that is no pod's own: a load balancer, a NodePort, a pod on
    /// its node's address, or an endpoint of a Service that is no pod (the API server).
    private func listener(on socket: InventoryTables.Socket, in window: Window) -> Identity? {
        if let tenant = inventory.externalPorts[socket]?.tenant(in: window) {
            return service(tenant, in: window)
        }
        if inventory.nodeAddresses[socket.endpoint]?.tenant(in: window) != nil {
            let nodePort = InventoryTables.NodePort(
                cluster: socket.endpoint.scope,
                port: socket.port,
                transport: socket.transport
            )
            if let tenant = inventory.nodePorts[nodePort]?.tenant(in: window) {
                return service(tenant, in: window)
            }
        }
        if let tenant = inventory.hostPorts[socket]?.tenant(in: window) { return pod(tenant, in: window) }
        let backing = inventory.backends[socket]?.first {
            $0.touches(window) && isAlive($0.service, in: window)
        }
        guard let backed = backing?.service else { return nil }
        let sharing = (inventory.hostNetworkPods[socket.endpoint] ?? []).filter { position in
            let pod = inventory.pod(position)
            return pod.selections.contains { $0.service == backed && $0.touches(window) }
                && InventoryTables.isAlive(from: pod.fact.createdAt, to: pod.fact.endedAt, in: window)
        }
        if sharing.count == 1, let only = sharing.first {
            return pod(Tenancy.Tenant(holder: only, isInferred: false), in: window)
        }
        return service(backed, in: window)
    }

    private func isTarget(of service: Int, port: UInt16, transport: TransportProtocol) -> Bool {
        inventory.services[service].fact.ports.contains { declared in
            declared.transport == transport && declared.targetPort == String(port)
        }
    }

    private func isBackend(_ endpoint: Endpoint, port: UInt16, transport: TransportProtocol) -> Bool {
        let socket = InventoryTables.Socket(endpoint: endpoint, port: port, transport: transport)
        return inventory.backends[socket] != nil
    }

    // MARK: - Identities

    private func pod(_ tenant: Tenancy.Tenant, in window: Window) -> Identity {
        let pod = inventory.pod(tenant.holder)
        let services = Set(
            pod.selections.filter { $0.touches(window) && isAlive($0.service, in: window) }
                .map { inventory.services[$0.service].identity }
        )
        let identity = PodIdentity(
            namespace: pod.fact.namespace,
            name: pod.fact.name,
            workload: pod.workload,
            services: services.sorted(),
            nodeName: pod.fact.nodeName
        )
        return Identity(
            subject: .pod(identity),
            identifiedBy: .inventory,
            isInferred: tenant.isInferred,
            labels: pod.allLabels.value(in: window) ?? [:]
        )
    }

    private func service(_ tenant: Tenancy.Tenant, in window: Window) -> Identity {
        let service = inventory.services[tenant.holder]
        return Identity(
            subject: .service(service.identity),
            identifiedBy: .inventory,
            isInferred: tenant.isInferred,
            labels: service.terms.value(in: window)?.labels ?? [:]
        )
    }

    private func service(_ position: Int, in window: Window) -> Identity {
        service(Tenancy.Tenant(holder: position, isInferred: false), in: window)
    }

    private func isAlive(_ service: Int, in window: Window) -> Bool {
        let fact = inventory.services[service].fact
        return InventoryTables.isAlive(from: fact.createdAt, to: fact.endedAt, in: window)
    }

    private func pseudoNode(_ endpoint: Endpoint) -> Identity {
        guard let observation = names[endpoint] else {
            return Identity(subject: .address(endpoint.address), identifiedBy: .nothing)
        }
        let source: IdentifiedBy =
            switch observation.source {
            case .dns: .dns
            case .tls: .tls
            case .httpHost: .httpHost
            case .captureFile: .captureFile
            }
        return Identity(subject: .domain(name: observation.name), identifiedBy: source)
    }
}

extension Window {
    /// The longest time around the window without a cut in it.
    ///
    /// - Parameter cuts: Sorted.
    /// - Returns: `nil` where a cut lies within the window.
    fileprivate func constancy(between cuts: [Timestamp]) -> Window? {
        let next = cuts.firstPosition { $0 > start }
        if next < cuts.count, cuts[next] < end { return nil }
        return Window(
            start: next > 0 ? cuts[next - 1] : Timestamp(nanoseconds: .min),
            end: next < cuts.count ? cuts[next] : Timestamp(nanoseconds: .max)
        )
    }
}
