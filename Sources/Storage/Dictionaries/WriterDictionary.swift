// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import GRDB

/// Gives strings, endpoints, edge keys, names and reporters their ids, inside a transaction.
///
/// Other processes allocate in the same tables: what the cache does not know is looked up
/// before it is inserted. Ids are never used twice (`AUTOINCREMENT`).
struct WriterDictionary: Sendable {
    private var strings = IDCache<String>()
    /// The scope of the endpoint asked for last, which is mostly that of the next.
    private var lastScope: (text: String, id: UInt64)?
    private var endpoints = IDTable()
    /// By the ids of their ends.
    private var edges = IDTable()
    private var names = IDCache<NameObservation>()
    private var reporters = IDCache<String>()

    /// The ids of the strings that were seen lately.
    var knownStrings: [String: UInt64] { strings.known }

    mutating func commit() {
        strings.commit()
        endpoints.commit()
        edges.commit()
        names.commit()
        reporters.commit()
    }

    mutating func rollBack() {
        lastScope = nil
        strings.rollBack()
        endpoints.rollBack()
        edges.rollBack()
        names.rollBack()
        reporters.rollBack()
    }

    mutating func id(of string: String, _ database: Database) throws -> UInt64 {
        if let id = strings[string] { return id }
        let id = try Self.findOrInsert(
            database,
            find: "SELECT id FROM string WHERE value = ?",
            insert: "INSERT INTO string (value) VALUES (?)",
            [string.blob]
        )
        strings[string] = id
        return id
    }

    mutating func id(of endpoint: Endpoint, _ database: Database) throws -> UInt64 {
        let scope = try id(ofScope: endpoint.scope, database)
        let key = IDTable.Key(
            first: endpoint.address.high,
            second: endpoint.address.low,
            third: scope,
            fourth: UInt64(endpoint.address.version.rawValue)
        )
        if let id = endpoints[key] { return id }
        let id = try Self.findOrInsert(
            database,
            find: "SELECT id FROM endpoint WHERE address = ? AND scope = ?",
            insert: "INSERT INTO endpoint (address, scope) VALUES (?, ?)",
            [endpoint.address.blob, Int64(clamping: scope)]
        )
        endpoints.insert(id, for: key)
        return id
    }

    private mutating func id(ofScope scope: String, _ database: Database) throws -> UInt64 {
        if let lastScope, lastScope.text == scope { return lastScope.id }
        let id = try id(of: scope, database)
        lastScope = (scope, id)
        return id
    }

    mutating func id(of key: EdgeKey, _ database: Database) throws -> UInt64 {
        let client = try self.id(of: key.client, database)
        let server = try self.id(of: key.server, database)
        let ends = IDTable.Key(
            first: client,
            second: server,
            third: UInt64(key.port) << 16 | UInt64(key.originatorPort),
            fourth: UInt64(key.transport.rawValue) << 8 | UInt64(key.orientation.rawValue)
        )
        if let id = edges[ends] { return id }
        let id = try Self.findOrInsert(
            database,
            find: """
                SELECT id FROM edge WHERE client = ? AND server = ? AND port = ? AND transport = ?
                AND originator_port = ? AND orientation = ?
                """,
            insert: """
                INSERT INTO edge (client, server, port, transport, originator_port, orientation)
                VALUES (?, ?, ?, ?, ?, ?)
                """,
            [
                Int64(clamping: client), Int64(clamping: server), Int64(key.port),
                Int64(key.transport.rawValue), Int64(key.originatorPort), Int64(key.orientation.rawValue),
            ]
        )
        edges.insert(id, for: ends)
        return id
    }

    mutating func id(of name: NameObservation, _ database: Database) throws -> UInt64 {
        if let id = names[name] { return id }
        let id = try Self.findOrInsert(
            database,
            find: "SELECT id FROM name WHERE endpoint = ? AND source = ? AND value = ?",
            insert: "INSERT INTO name (endpoint, source, value) VALUES (?, ?, ?)",
            [
                Int64(clamping: try self.id(of: name.endpoint, database)),
                Int64(name.source.rawValue), name.name.blob,
            ]
        )
        names[name] = id
        return id
    }

    /// A reporter keeps the name it was first seen with: a file imported again under another
    /// name changes nothing.
    mutating func id(of reporter: Reporter, _ database: Database) throws -> UInt64 {
        if let id = reporters[reporter.id] { return id }
        let id: UInt64
        let find = try database.cachedStatement(sql: "SELECT id FROM reporter WHERE identity = ?")
        if let row = try Row.fetchOne(find, arguments: [reporter.id.blob]) {
            id = try row.unsigned(0)
        } else {
            try database.cachedStatement(sql: "INSERT INTO reporter (identity, name) VALUES (?, ?)")
                .execute(arguments: [reporter.id.blob, reporter.name.blob])
            id = try Self.allocated(database)
        }
        reporters[reporter.id] = id
        return id
    }

    private static func findOrInsert(
        _ database: Database,
        find: String,
        insert: String,
        _ arguments: StatementArguments
    ) throws -> UInt64 {
        if let row = try Row.fetchOne(try database.cachedStatement(sql: find), arguments: arguments) {
            return try row.unsigned(0)
        }
        try database.cachedStatement(sql: insert).execute(arguments: arguments)
        return try allocated(database)
    }

    private static func allocated(_ database: Database) throws -> UInt64 {
        guard let id = UInt64(exactly: database.lastInsertedRowID) else { throw WrongColumn(column: 0) }
        return id
    }
}
