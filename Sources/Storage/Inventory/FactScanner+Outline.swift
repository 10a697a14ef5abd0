// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Pods as far as they tell who had which address when.
extension FactScanner {
    /// The members of a pod, those that must be there first.
    private static let members = [
        "addresses", "isHostNetwork", "labels", "name", "namespace", "ports", "uid", "createdAt", "endedAt",
        "nodeName", "owner", "revision", "scheduledAt",
    ].map { Array($0.utf8) }
    private static let required = 7
    private static let hostPort = Array("hostPort".utf8)

    /// Reads an outline and steps over everything else.
    ///
    /// - Parameters:
    ///   - json: The fact.
    ///   - cluster: Its cluster.
    /// - Returns: `nil` for a pod of which more must be known: one that listens on addresses of its node, or has no uid.
    /// - Throws: `Unusual`.
    static func outline(json: [UInt8], cluster: String) throws(Unusual) -> PodOutline? {
        var scanner = FactScanner(json)
        var (uid, addresses): (String, [IPAddress]) = ("", [])
        var (created, scheduled, ended): (Timestamp?, Timestamp?, Timestamp?)
        var isOnNode = false
        var missing = required
        var isFirst = true
        while let key = try scanner.keyRange(&isFirst) {
            guard let member = members.firstIndex(where: { scanner.has(key, $0) }) else { throw Unusual() }
            if member < required { missing -= 1 }
            switch member {
            case 0: addresses = try scanner.list { scanner throws(Unusual) in try scanner.address() }
            case 1: isOnNode = try scanner.truth() || isOnNode
            case 5: isOnNode = try scanner.skip(lookingFor: hostPort) || isOnNode
            case 6: uid = try scanner.text()
            case 7: created = try scanner.instant()
            case 8: ended = try scanner.instant()
            case 12: scheduled = try scanner.instant()
            default: _ = try scanner.skip()
            }
        }
        try scanner.finish()
        guard missing == 0 else { throw Unusual() }
        guard !isOnNode, !uid.isEmpty else { return nil }
        return PodOutline(
            cluster: cluster,
            uid: uid,
            addresses: addresses,
            createdAt: created,
            scheduledAt: scheduled,
            endedAt: ended
        )
    }
}
