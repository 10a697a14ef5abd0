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
        let rows = try RawRows(
            try database.cachedStatement(
                sql: """
                    SELECT inventory.cluster, observed_at, kind, data, string.value
                    FROM inventory LEFT JOIN string ON string.id = inventory.cluster
                    ORDER BY observed_at, inventory.id
                    """
            )
        )
        var observations: [InventoryObservation] = []
        var last: (id: UInt64, cluster: String)?
        while try rows.next() {
            let id = try rows.unsigned(0)
            if last?.id != id {
                guard !rows.isNull(4) else { throw BlockError.unknownID(id) }
                last = (id, try rows.string(4))
            }
            observations.append(
                InventoryObservation(
                    cluster: last?.cluster ?? "",
                    observedAt: rows.isNull(1) ? nil : Timestamp(nanoseconds: try rows.integer(1)),
                    fact: try StoredFact.fact(kind: try rows.text(2), json: try rows.bytes(3))
                )
            )
        }
        return observations
    }
}
