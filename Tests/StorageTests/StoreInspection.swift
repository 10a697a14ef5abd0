// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import GRDB

/// What SQLite says of a store, asked on a connection of its own.
struct StoreInspection: Equatable {
    private(set) var schemaVersion = 0
    private(set) var reports = 0
    /// Rows of all reports together: one edge in one window of one reporter.
    private(set) var edgeWindows = 0
    /// Bytes of all window blocks together.
    private(set) var blockBytes = 0
    private(set) var edges = 0
    private(set) var endpoints = 0
    private(set) var reporters = 0
    private(set) var inventory = 0
    /// What SQLite's own check of the file finds.
    private(set) var problems: [String] = []

    init(_ path: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let connection = try DatabaseQueue(path: path, configuration: configuration)
        self = try connection.read { database in
            func number(_ sql: String) throws -> Int { try Int.fetchOne(database, sql: sql) ?? -1 }
            var found = Self()
            found.schemaVersion = try number("PRAGMA user_version")
            found.reports = try number("SELECT count(*) FROM report")
            found.edgeWindows = try number("SELECT coalesce(sum(edges), 0) FROM report")
            found.blockBytes = try number("SELECT coalesce(sum(length(data)), 0) FROM block")
            found.edges = try number("SELECT count(*) FROM edge")
            found.endpoints = try number("SELECT count(*) FROM endpoint")
            found.reporters = try number("SELECT count(*) FROM reporter")
            found.inventory = try number("SELECT count(*) FROM inventory")
            let lines = try String.fetchAll(database, sql: "PRAGMA integrity_check")
            found.problems = lines.filter { $0 != "ok" }
            return found
        }
        try connection.close()
    }

    private init() {}
}
