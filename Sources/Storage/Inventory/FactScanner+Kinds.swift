// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Facts, member by member. What must be there is counted, so that a fact that lacks some is left to
/// `JSONDecoder` too, which says so.
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

    private mutating func pod() throws(Unusual) -> PodFact {
        var fact = PodFact(namespace: "", name: "", uid: "")
        var (isFirst, required) = (true, 7)
        while let key = try key(&isFirst) {
            switch key {
            case "addresses":
                fact.addresses = try list { scanner throws(Unusual) in try scanner.address() }
                required -= 1
            case "createdAt":
                fact.createdAt = try instant()
            case "endedAt":
                fact.endedAt = try instant()
            case "isHostNetwork":
                fact.isHostNetwork = try truth()
                required -= 1
            case "labels":
                fact.labels = try labels()
                required -= 1
            case "name":
                fact.name = try text()
                required -= 1
            case "namespace":
                fact.namespace = try text()
                required -= 1
            case "nodeName":
                fact.nodeName = try text()
            case "owner":
                fact.owner = try owner()
            case "ports":
                fact.ports = try list { scanner throws(Unusual) in try scanner.port() }
                required -= 1
            case "revision":
                fact.revision = try number()
            case "scheduledAt":
                fact.scheduledAt = try instant()
            case "uid":
                fact.uid = try text()
                required -= 1
            default: throw Unusual()
            }
        }
        guard required == 0 else { throw Unusual() }
        return fact
    }

    private mutating func workload() throws(Unusual) -> WorkloadFact {
        var fact = WorkloadFact(namespace: "", kind: "", name: "", uid: "")
        var (isFirst, required) = (true, 5)
        while let key = try key(&isFirst) {
            switch key {
            case "createdAt":
                fact.createdAt = try instant()
            case "endedAt":
                fact.endedAt = try instant()
            case "kind":
                fact.kind = try text()
                required -= 1
            case "labels":
                fact.labels = try labels()
                required -= 1
            case "name":
                fact.name = try text()
                required -= 1
            case "namespace":
                fact.namespace = try text()
                required -= 1
            case "owner":
                fact.owner = try owner()
            case "revision":
                fact.revision = try number()
            case "uid":
                fact.uid = try text()
                required -= 1
            default: throw Unusual()
            }
        }
        guard required == 0 else { throw Unusual() }
        return fact
    }

    private mutating func service() throws(Unusual) -> ServiceFact {
        var fact = ServiceFact(namespace: "", name: "", uid: "")
        var (isFirst, required) = (true, 9)
        while let key = try key(&isFirst) {
            switch key {
            case "clusterAddresses":
                fact.clusterAddresses = try list { scanner throws(Unusual) in try scanner.address() }
                required -= 1
            case "createdAt":
                fact.createdAt = try instant()
            case "endedAt":
                fact.endedAt = try instant()
            case "externalAddresses":
                fact.externalAddresses = try list { scanner throws(Unusual) in try scanner.address() }
                required -= 1
            case "externalName":
                fact.externalName = try text()
            case "labels":
                fact.labels = try labels()
                required -= 1
            case "name":
                fact.name = try text()
                required -= 1
            case "namespace":
                fact.namespace = try text()
                required -= 1
            case "ports":
                fact.ports = try list { scanner throws(Unusual) in try scanner.port() }
                required -= 1
            case "revision":
                fact.revision = try number()
            case "selector":
                fact.selector = try labels()
                required -= 1
            case "type":
                fact.type = try text()
                required -= 1
            case "uid":
                fact.uid = try text()
                required -= 1
            default: throw Unusual()
            }
        }
        guard required == 0 else { throw Unusual() }
        return fact
    }

    private mutating func endpoints() throws(Unusual) -> EndpointsFact {
        var fact = EndpointsFact(namespace: "", name: "", uid: "", serviceName: "")
        var (isFirst, required) = (true, 6)
        while let key = try key(&isFirst) {
            switch key {
            case "addresses":
                fact.addresses = try list { scanner throws(Unusual) in try scanner.address() }
                required -= 1
            case "createdAt":
                fact.createdAt = try instant()
            case "endedAt":
                fact.endedAt = try instant()
            case "name":
                fact.name = try text()
                required -= 1
            case "namespace":
                fact.namespace = try text()
                required -= 1
            case "ports":
                fact.ports = try list { scanner throws(Unusual) in try scanner.port() }
                required -= 1
            case "revision":
                fact.revision = try number()
            case "serviceName":
                fact.serviceName = try text()
                required -= 1
            case "uid":
                fact.uid = try text()
                required -= 1
            default: throw Unusual()
            }
        }
        guard required == 0 else { throw Unusual() }
        return fact
    }

    private mutating func node() throws(Unusual) -> NodeFact {
        var fact = NodeFact(name: "", uid: "")
        var (isFirst, required) = (true, 5)
        while let key = try key(&isFirst) {
            switch key {
            case "addresses":
                fact.addresses = try list { scanner throws(Unusual) in try scanner.address() }
                required -= 1
            case "createdAt":
                fact.createdAt = try instant()
            case "endedAt":
                fact.endedAt = try instant()
            case "labels":
                fact.labels = try labels()
                required -= 1
            case "name":
                fact.name = try text()
                required -= 1
            case "podRanges":
                fact.podRanges = try list { scanner throws(Unusual) in try scanner.text() }
                required -= 1
            case "revision":
                fact.revision = try number()
            case "uid":
                fact.uid = try text()
                required -= 1
            default: throw Unusual()
            }
        }
        guard required == 0 else { throw Unusual() }
        return fact
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
