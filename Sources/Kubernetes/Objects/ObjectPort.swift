// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// A port of a container, a Service or an endpoints object.
struct ObjectPort: Decodable {
    private enum CodingKeys: String, CodingKey {
        case name
        case port
        case containerPort
        case `protocol`
        case targetPort
        case nodePort
        case hostPort
    }

    /// `nil` where the number is left out, as an EndpointSlice may to mean all ports.
    let fact: PortFact?

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard
            let number = try container.decodeIfPresent(UInt16.self, forKey: .port)
                ?? container.decodeIfPresent(UInt16.self, forKey: .containerPort)
        else {
            fact = nil
            return
        }
        let named = try container.decodeIfPresent(String.self, forKey: .protocol) ?? "TCP"
        guard let transport = TransportProtocol(name: named) else { throw MalformedObject() }
        fact = PortFact(
            name: try container.decodeIfPresent(String.self, forKey: .name).flatMap { $0.isEmpty ? nil : $0 },
            port: number,
            transport: transport,
            targetPort: try Self.targetPort(container),
            nodePort: try Self.number(container, .nodePort),
            hostPort: try Self.number(container, .hostPort)
        )
    }

    /// A number or the name of a container port.
    private static func targetPort(_ container: KeyedDecodingContainer<CodingKeys>) throws -> String? {
        if let number = try? container.decodeIfPresent(UInt16.self, forKey: .targetPort) {
            return number == 0 ? nil : String(number)
        }
        return try container.decodeIfPresent(String.self, forKey: .targetPort)
    }

    private static func number(
        _ container: KeyedDecodingContainer<CodingKeys>,
        _ key: CodingKeys
    ) throws -> UInt16? {
        let number = try container.decodeIfPresent(UInt16.self, forKey: key)
        return number == 0 ? nil : number
    }
}

extension [ObjectPort]? {
    var facts: [PortFact] { (self ?? []).compactMap(\.fact) }
}
