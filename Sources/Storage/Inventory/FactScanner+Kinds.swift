// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Facts, member by member.
extension FactScanner {
    /// Reads the fact that a row holds.
    static func fact(kind: String, json: [UInt8]) throws(Unusual) -> InventoryFact {
        var scanner = FactScanner(json)
        let fact: InventoryFact =
            switch kind {
            case "pod": .pod(try scanner.pod())
            case "workload": .workload(try scanner.workload())
            case "service": .service(try scanner.service())
            case "endpoints": .endpoints(try scanner.endpoints())
            case "node": .node(try scanner.node())
            default: throw Unusual()
            }
        try scanner.finish()
        return fact
    }

    /// Steps through an object of which some members may be absent, and all others must be there: what lacks one is
    /// left to `JSONDecoder`, which says so.
    ///
    /// - Parameters:
    ///   - required: How many must be there.
    ///   - read: Reads the value of a key.
    /// - Throws: `Unusual`.
    private mutating func members(
        required: Int,
        _ read: (inout FactScanner, String) throws(Unusual) -> Void
    ) throws(Unusual) {
        var (isFirst, missing) = (true, required)
        while let key = try key(&isFirst) {
            try read(&self, key)
            switch key {
            case "createdAt", "endedAt", "externalName", "nodeName", "owner", "revision", "scheduledAt": break
            default: missing -= 1
            }
        }
        guard missing == 0 else { throw Unusual() }
    }

    private mutating func pod() throws(Unusual) -> PodFact {
        var fact = PodFact(namespace: "", name: "", uid: "")
        try members(required: 7) { scanner, key throws(Unusual) in
            switch key {
            case "addresses": fact.addresses = try scanner.addresses()
            case "createdAt": fact.createdAt = try scanner.instant()
            case "endedAt": fact.endedAt = try scanner.instant()
            case "isHostNetwork": fact.isHostNetwork = try scanner.truth()
            case "labels": fact.labels = try scanner.labels()
            case "name": fact.name = try scanner.text()
            case "namespace": fact.namespace = try scanner.text()
            case "nodeName": fact.nodeName = try scanner.text()
            case "owner": fact.owner = try scanner.owner()
            case "ports": fact.ports = try scanner.ports()
            case "revision": fact.revision = try scanner.number()
            case "scheduledAt": fact.scheduledAt = try scanner.instant()
            case "uid": fact.uid = try scanner.text()
            default: throw Unusual()
            }
        }
        return fact
    }

    private mutating func workload() throws(Unusual) -> WorkloadFact {
        var fact = WorkloadFact(namespace: "", kind: "", name: "", uid: "")
        try members(required: 5) { scanner, key throws(Unusual) in
            switch key {
            case "createdAt": fact.createdAt = try scanner.instant()
            case "endedAt": fact.endedAt = try scanner.instant()
            case "kind": fact.kind = try scanner.text()
            case "labels": fact.labels = try scanner.labels()
            case "name": fact.name = try scanner.text()
            case "namespace": fact.namespace = try scanner.text()
            case "owner": fact.owner = try scanner.owner()
            case "revision": fact.revision = try scanner.number()
            case "uid": fact.uid = try scanner.text()
            default: throw Unusual()
            }
        }
        return fact
    }

    private mutating func service() throws(Unusual) -> ServiceFact {
        var fact = ServiceFact(namespace: "", name: "", uid: "")
        try members(required: 9) { scanner, key throws(Unusual) in
            switch key {
            case "clusterAddresses": fact.clusterAddresses = try scanner.addresses()
            case "createdAt": fact.createdAt = try scanner.instant()
            case "endedAt": fact.endedAt = try scanner.instant()
            case "externalAddresses": fact.externalAddresses = try scanner.addresses()
            case "externalName": fact.externalName = try scanner.text()
            case "labels": fact.labels = try scanner.labels()
            case "name": fact.name = try scanner.text()
            case "namespace": fact.namespace = try scanner.text()
            case "ports": fact.ports = try scanner.ports()
            case "revision": fact.revision = try scanner.number()
            case "selector": fact.selector = try scanner.labels()
            case "type": fact.type = try scanner.text()
            case "uid": fact.uid = try scanner.text()
            default: throw Unusual()
            }
        }
        return fact
    }

    private mutating func endpoints() throws(Unusual) -> EndpointsFact {
        var fact = EndpointsFact(namespace: "", name: "", uid: "", serviceName: "")
        try members(required: 6) { scanner, key throws(Unusual) in
            switch key {
            case "addresses": fact.addresses = try scanner.addresses()
            case "createdAt": fact.createdAt = try scanner.instant()
            case "endedAt": fact.endedAt = try scanner.instant()
            case "name": fact.name = try scanner.text()
            case "namespace": fact.namespace = try scanner.text()
            case "ports": fact.ports = try scanner.ports()
            case "revision": fact.revision = try scanner.number()
            case "serviceName": fact.serviceName = try scanner.text()
            case "uid": fact.uid = try scanner.text()
            default: throw Unusual()
            }
        }
        return fact
    }

    private mutating func node() throws(Unusual) -> NodeFact {
        var fact = NodeFact(name: "", uid: "")
        try members(required: 5) { scanner, key throws(Unusual) in
            switch key {
            case "addresses": fact.addresses = try scanner.addresses()
            case "createdAt": fact.createdAt = try scanner.instant()
            case "endedAt": fact.endedAt = try scanner.instant()
            case "labels": fact.labels = try scanner.labels()
            case "name": fact.name = try scanner.text()
            case "podRanges":
                fact.podRanges = try scanner.list { scanner throws(Unusual) in try scanner.text() }
            case "revision": fact.revision = try scanner.number()
            case "uid": fact.uid = try scanner.text()
            default: throw Unusual()
            }
        }
        return fact
    }

    private mutating func addresses() throws(Unusual) -> [IPAddress] {
        try list { scanner throws(Unusual) in try scanner.address() }
    }

    private mutating func ports() throws(Unusual) -> [PortFact] {
        try list { scanner throws(Unusual) in try scanner.port() }
    }

    private mutating func owner() throws(Unusual) -> OwnerReference {
        var (kind, name): (String?, String?)
        var isFirst = true
        while let key = try key(&isFirst) {
            switch key {
            case "kind": kind = try text()
            case "name": name = try text()
            default: throw Unusual()
            }
        }
        guard let kind, let name else { throw Unusual() }
        return OwnerReference(kind: kind, name: name)
    }

    private mutating func port() throws(Unusual) -> PortFact {
        var (port, transport): (UInt16?, TransportProtocol?)
        var (name, target): (String?, String?)
        var (nodePort, hostPort): (UInt16?, UInt16?)
        var isFirst = true
        while let key = try key(&isFirst) {
            switch key {
            case "hostPort": hostPort = try number()
            case "name": name = try text()
            case "nodePort": nodePort = try number()
            case "port": port = try number()
            case "targetPort": target = try text()
            case "transport": transport = try self.transport()
            default: throw Unusual()
            }
        }
        guard let port, let transport else { throw Unusual() }
        return PortFact(
            name: name,
            port: port,
            transport: transport,
            targetPort: target,
            nodePort: nodePort,
            hostPort: hostPort
        )
    }

    private mutating func transport() throws(Unusual) -> TransportProtocol {
        guard let transport = TransportProtocol(name: try text()) else { throw Unusual() }
        return transport
    }
}
