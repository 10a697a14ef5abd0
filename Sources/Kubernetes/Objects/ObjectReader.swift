// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Graph

/// Reads one object by its kind.
enum ObjectReader {
    private enum CodingKeys: String, CodingKey {
        case kind
        case apiVersion
    }

    private static let workloadGroups = [
        "Deployment": "apps", "ReplicaSet": "apps", "StatefulSet": "apps", "DaemonSet": "apps",
        "Job": "batch", "CronJob": "batch", "ReplicationController": "",
    ]

    /// Reads an object, which in a typed list has its kind and version from the list.
    static func read(_ decoder: any Decoder, kind: String?, apiVersion: String?) -> DumpedObject {
        guard let container = try? decoder.container(keyedBy: CodingKeys.self) else { return .rejected }
        guard let kind = (try? container.decode(String.self, forKey: .kind)) ?? kind, isPlain(kind) else {
            return .rejected
        }
        let version = (try? container.decode(String.self, forKey: .apiVersion)) ?? apiVersion
        let group = version.map { $0.contains("/") ? String($0.prefix { $0 != "/" }) : "" }
        do {
            return try facts(decoder, kind: kind, group: group)
                .map { .facts($0, wasDeleted: false) } ?? .ignored(kind: kind)
        } catch {
            return .rejected
        }
    }

    /// Reads the facts of an object.
    ///
    /// - Parameters:
    ///   - decoder: The object.
    ///   - kind: Its kind.
    ///   - group: Its API group; others have a `Service` too. `nil` where none is named.
    /// - Returns: `nil` if the kind says nothing about the map.
    /// - Throws: An error if the object is not what its kind says.
    private static func facts(_ decoder: any Decoder, kind: String, group: String?) throws -> [InventoryFact]?
    {
        switch kind {
        case "Pod" where isGroup("", group): [.pod(try PodObject(from: decoder).fact())]
        case "Service" where isGroup("", group): [.service(try ServiceObject(from: decoder).fact())]
        case "Node" where isGroup("", group): [.node(try NodeObject(from: decoder).fact())]
        case "Endpoints" where isGroup("", group):
            try EndpointsObject(from: decoder).facts().map(InventoryFact.endpoints)
        case "EndpointSlice" where isGroup("discovery.k8s.io", group):
            try EndpointSliceObject(from: decoder).fact().map { [.endpoints($0)] }
        case "PartialObjectMetadata":
            try MetadataObject(from: decoder).ownedWorkload().map { [.workload($0)] }
        default:
            if let owning = workloadGroups[kind], isGroup(owning, group) {
                [.workload(try MetadataObject(from: decoder).workload(kind: kind))]
            } else {
                nil
            }
        }
    }

    private static func isGroup(_ expected: String, _ group: String?) -> Bool {
        group == nil || group == expected
    }

    /// Whether a kind can be a key of `ignored` and be shown.
    private static func isPlain(_ kind: String) -> Bool {
        (1...63).contains(kind.utf8.count)
            && kind.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
            }
    }
}
