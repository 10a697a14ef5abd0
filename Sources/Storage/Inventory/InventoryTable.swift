// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import GRDB
import Graph

/// Reads and writes inventory observations, each kept once.
enum InventoryTable {
    static func insert(
        _ observation: InventoryObservation,
        _ database: Database,
        _ dictionary: inout WriterDictionary
    ) throws {
        let fact = try StoredFact(observation.fact)
        let cluster = Int64(clamping: try dictionary.id(of: observation.cluster, database))
        let observedAt = observation.observedAt?.nanoseconds
        // The hash only narrows the search, so that no collision ever loses a fact.
        let known = try Row.fetchOne(
            try database.cachedStatement(
                sql: """
                    SELECT 1 FROM inventory
                    WHERE content_hash = ? AND data = ? AND kind = ? AND cluster = ? AND observed_at IS ?
                    """
            ),
            arguments: [fact.contentHash, fact.json, fact.kind, cluster, observedAt]
        )
        guard known == nil else { return }
        try database.cachedStatement(
            sql: """
                INSERT INTO inventory (cluster, observed_at, kind, namespace, name, uid, content_hash, data)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            cluster, observedAt, fact.kind, fact.namespace, fact.name, fact.uid, fact.contentHash, fact.json,
        ])
    }

    /// Oldest first: facts without a receive time, as dumps have none, before all others, and
    /// those of one time in the order they were added.
    static func all(_ database: Database) throws -> [InventoryObservation] {
        var observations: [InventoryObservation] = []
        try forEach(
            database,
            sql: """
                SELECT inventory.cluster, observed_at, kind, data, string.value
                FROM inventory LEFT JOIN string ON string.id = inventory.cluster
                ORDER BY observed_at, inventory.id
                """
        ) { cluster, observedAt, kind, json in
            let fact = try StoredFact.fact(kind: kind, json: json)
            observations.append(InventoryObservation(cluster: cluster, observedAt: observedAt, fact: fact))
        }
        return observations
    }

    /// The same in no order, most pods as outlines.
    static func outlined(
        _ database: Database
    ) throws -> (observations: [InventoryObservation], pods: StoredPods) {
        var observations: [InventoryObservation] = []
        var pods = StoredPods.Draft()
        try forEach(
            database,
            sql: """
                SELECT inventory.cluster, observed_at, kind, data, string.value
                FROM inventory LEFT JOIN string ON string.id = inventory.cluster
                """
        ) { cluster, observedAt, kind, json in
            if kind == "pod", pods.add(json, cluster: cluster, observedAt: observedAt) { return }
            let fact = try StoredFact.fact(kind: kind, json: json)
            observations.append(InventoryObservation(cluster: cluster, observedAt: observedAt, fact: fact))
            if case .pod(let pod) = fact { pods.note(pod, cluster: cluster) }
        }
        let (stored, repeated) = try pods.finish()
        return (observations + repeated, stored)
    }

    private static func forEach(
        _ database: Database,
        sql: String,
        _ body: (String, Timestamp?, String, [UInt8]) throws -> Void
    ) throws {
        let rows = try RawRows(try database.cachedStatement(sql: sql))
        var last: (id: UInt64, cluster: String)?
        while try rows.next() {
            let id = try rows.unsigned(0)
            if last?.id != id {
                guard !rows.isNull(4) else { throw BlockError.unknownID(id) }
                last = (id, try rows.string(4))
            }
            try body(
                last?.cluster ?? "",
                rows.isNull(1) ? nil : Timestamp(nanoseconds: try rows.integer(1)),
                try rows.text(2),
                try rows.bytes(3)
            )
        }
    }
}
