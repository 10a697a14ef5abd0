// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph

/// A fact as the inventory table has it: what it is about in columns, all of it as JSON.
struct StoredFact {
    let kind: String
    let namespace: String
    let name: String
    let uid: String
    /// The fact's own object, keys sorted: equal facts give equal bytes.
    let json: Data

    init(_ fact: InventoryFact) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        switch fact {
        case .pod(let pod):
            (kind, namespace, name, uid) = ("pod", pod.namespace, pod.name, pod.uid)
            json = try encoder.encode(pod)
        case .workload(let workload):
            (kind, namespace, name, uid) = ("workload", workload.namespace, workload.name, workload.uid)
            json = try encoder.encode(workload)
        case .service(let service):
            (kind, namespace, name, uid) = ("service", service.namespace, service.name, service.uid)
            json = try encoder.encode(service)
        case .endpoints(let endpoints):
            (kind, namespace, name, uid) = ("endpoints", endpoints.namespace, endpoints.name, endpoints.uid)
            json = try encoder.encode(endpoints)
        case .node(let node):
            (kind, namespace, name, uid) = ("node", "", node.name, node.uid)
            json = try encoder.encode(node)
        }
    }

    /// Finds candidates for equality; what is found is compared byte for byte.
    var contentHash: Int64 { Int64(Checksum.crc32c(Array(kind.utf8)[...], [UInt8](json)[...])) }

    /// The fact that a row holds.
    static func fact(kind: String, json: [UInt8]) throws -> InventoryFact {
        do throws(FactScanner.Unusual) {
            return try FactScanner.fact(kind: kind, json: json)
        } catch {
            return try decoded(kind: kind, json: Data(json))
        }
    }

    private static func decoded(kind: String, json: Data) throws -> InventoryFact {
        let decoder = JSONDecoder()
        switch kind {
        case "pod": return .pod(try decoder.decode(PodFact.self, from: json))
        case "workload": return .workload(try decoder.decode(WorkloadFact.self, from: json))
        case "service": return .service(try decoder.decode(ServiceFact.self, from: json))
        case "endpoints": return .endpoints(try decoder.decode(EndpointsFact.self, from: json))
        case "node": return .node(try decoder.decode(NodeFact.self, from: json))
        default:
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "unknown kind"))
        }
    }
}
