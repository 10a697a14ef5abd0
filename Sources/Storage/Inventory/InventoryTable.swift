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
    static func all(_ database: Database, _ dictionary: ReaderDictionary) throws -> [InventoryObservation] {
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT cluster, observed_at, kind, data FROM inventory ORDER BY observed_at, id"
        )
        var observations: [InventoryObservation] = []
        while let row = try rows.next() {
            observations.append(
                InventoryObservation(
                    cluster: try dictionary.string(try row.unsigned(0)),
                    observedAt: try row.optionalInteger(1).map { Timestamp(nanoseconds: $0) },
                    fact: try StoredFact.fact(kind: try row.string(2), json: Data(try row.bytes(3)))
                )
            )
        }
        return observations
    }
}
