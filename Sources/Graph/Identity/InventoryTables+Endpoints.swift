// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A Service by name, which its endpoints know it by.
struct ServiceName: Hashable {
    let cluster: String
    let namespace: String
    let name: String
}

/// An address and port that an endpoints object put behind a Service, and when.
struct Backing {
    let service: ServiceName
    let address: IPAddress
    let port: PortFact?
    let from: Timestamp
    let to: Timestamp

    /// What one address of an object is listed with.
    private struct Listed: Hashable {
        let address: IPAddress
        let port: PortFact?
    }

    /// Everything one object ever listed.
    static func all(of merged: MergedFact<EndpointsFact>) -> [Backing] {
        var listings: [(time: Timestamp, value: Set<Listed>)] = []
        for (time, fact) in merged.statements {
            let listed = fact.addresses.flatMap { address in
                fact.ports.isEmpty
                    ? [Listed(address: address, port: nil)]
                    : fact.ports.map { Listed(address: address, port: $0) }
            }
            // The subsets of an Endpoints object are told together; what dumps of unknown times
            // list stands beside each other.
            if let last = listings.last, last.time == time {
                listings.append((time, listings.removeLast().value.union(listed)))
            } else {
                listings.append((time, Set(listed)))
            }
        }
        let fact = merged.fact
        let service = ServiceName(
            cluster: merged.cluster,
            namespace: fact.namespace,
            name: fact.serviceName
        )
        let end = fact.endedAt ?? Timestamp(nanoseconds: .max)
        return History(listings).spans.flatMap { span in
            span.from >= end
                ? []
                : span.value.map {
                    Backing(
                        service: service,
                        address: $0.address,
                        port: $0.port,
                        from: span.from,
                        to: min(span.to, end)
                    )
                }
        }
    }
}

extension InventoryTables {
    /// A selectorless Service that lists an address with a port.
    struct Listing {
        let selection: Selection
        let port: PortFact?
    }

    /// Notes which Services stand on which addresses and ports.
    ///
    /// - Parameter backings: What every endpoints object and slice lists.
    /// - Returns: By address, the Services without a selector whose endpoints list it.
    mutating func addBackends(_ backings: [Backing]) -> [Endpoint: [Listing]] {
        var positions: [ServiceName: [Int]] = [:]
        for (position, service) in services.enumerated() {
            let fact = service.fact
            let name = ServiceName(cluster: service.cluster, namespace: fact.namespace, name: fact.name)
            positions[name, default: []].append(position)
        }
        var selectorless: [Endpoint: [Listing]] = [:]
        for backing in backings {
            let endpoint = Endpoint(scope: backing.service.cluster, address: backing.address)
            for position in positions[backing.service] ?? [] {
                let selection = Selection(service: position, from: backing.from, to: backing.to)
                if let port = backing.port {
                    let socket = Socket(endpoint: endpoint, port: port.port, transport: port.transport)
                    backends[socket, default: []].append(selection)
                }
                guard services[position].fact.selector.isEmpty else { continue }
                selectorless[endpoint, default: []].append(Listing(selection: selection, port: backing.port))
            }
        }
        for (socket, selections) in backends where selections.count > 1 {
            backends[socket] = Set(selections).sorted {
                ($0.service, $0.from, $0.to) < ($1.service, $1.from, $1.to)
            }
        }
        return selectorless
    }

    struct Namespace: Hashable {
        let cluster: String
        let name: String
    }

    /// By a label that it asks for, the selectors of one namespace.
    typealias SelectorTable = [Label: [Selector]]

    struct Label: Hashable {
        let key: String
        let value: String
    }

    /// A selector and when a Service had it.
    struct Selector {
        let labels: Labels
        let selection: Selection
    }

    /// Finds the Services of each pod of which all was read.
    mutating func selectPods() {
        selectors = selectorsByNamespace
        for position in pods.indices { pods[position].selections = selections(of: pods[position]) }
    }

    /// The Services of a pod: by selector; for Services without one, by their endpoints.
    func selections(of pod: Pod) -> [Selection] {
        var selecting: [Selection] = []
        let namespace = Namespace(cluster: pod.cluster, name: pod.fact.namespace)
        if let table = selectors[namespace] {
            for span in pod.labels.spans {
                for (key, value) in span.value {
                    for selector in table[Label(key: key, value: value)] ?? []
                    where selector.labels.allSatisfy({ span.value[$0.key] == $0.value }) {
                        selecting += selector.selection.limited(from: span.from, to: span.to)
                    }
                }
            }
        }
        for address in pod.fact.addresses where !selectorless.isEmpty {
            for listing in selectorless[Endpoint(scope: pod.cluster, address: address)] ?? []
            where services[listing.selection.service].fact.namespace == pod.fact.namespace
                && (!pod.fact.isHostNetwork || listing.isPort(of: pod.fact))
            {
                selecting.append(listing.selection)
            }
        }
        return Selection.joined(selecting)
    }

    private var selectorsByNamespace: [Namespace: SelectorTable] {
        var selectors: [Namespace: SelectorTable] = [:]
        for (position, service) in services.enumerated() {
            let namespace = Namespace(cluster: service.cluster, name: service.fact.namespace)
            for span in service.terms.spans {
                guard let least = span.value.selector.min(by: { $0.key < $1.key }) else { continue }
                let selection = Selection(service: position, from: span.from, to: span.to)
                selectors[namespace, default: [:]][Label(key: least.key, value: least.value), default: []]
                    .append(Selector(labels: span.value.selector, selection: selection))
            }
        }
        return selectors
    }
}

extension InventoryTables.Listing {
    fileprivate func isPort(of pod: PodFact) -> Bool {
        guard let port else { return false }
        return pod.ports.contains { ($0.port, $0.transport) == (port.port, port.transport) }
    }
}

extension InventoryTables.Selection {
    /// The part of it in a span of time; none if they do not touch.
    fileprivate func limited(from start: Timestamp, to end: Timestamp) -> [Self] {
        let (from, to) = (max(from, start), min(to, end))
        return from < to ? [Self(service: service, from: from, to: to)] : []
    }

    /// Sorted by Service, and those of one that touch each other made one.
    fileprivate static func joined(_ selections: [Self]) -> [Self] {
        guard selections.count > 1 else { return selections }
        var result: [Self] = []
        for selection in selections.sorted(by: { ($0.service, $0.from) < ($1.service, $1.from) }) {
            if let last = result.last, last.service == selection.service, last.to >= selection.from {
                result.removeLast()
                let to = max(last.to, selection.to)
                result.append(Self(service: last.service, from: last.from, to: to))
            } else {
                result.append(selection)
            }
        }
        return result
    }
}
