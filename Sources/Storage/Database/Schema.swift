// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import GRDB

/// The tables of the store and how they came to be; see docs/formats/sqlite-schema.md.
enum Schema {
    /// `user_version` of the schema this build writes.
    static let version: Int64 = 4

    /// Every migration there ever was, oldest first; a released one never changes.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { database in
            try database.execute(sql: tables1)
            try database.execute(sql: "PRAGMA user_version = 1")
        }
        // Window blocks of version 2. No table changed, but a build that cannot read them must
        // learn it from the file, not from a block.
        migrator.registerMigration("v2") { database in
            try database.execute(sql: "PRAGMA user_version = 2")
        }
        // The same for blocks of version 3.
        migrator.registerMigration("v3") { database in
            try database.execute(sql: "PRAGMA user_version = 3")
        }
        // Coarser windows, and blocks of version 4. What is there has not been rolled up.
        migrator.registerMigration("v4") { database in
            try database.execute(sql: tables4)
            try DirtyWindows.markEveryReport(database)
            try database.execute(sql: "PRAGMA user_version = 4")
        }
        return migrator
    }

    /// Stops a process that a newer one has overtaken, for the price of a look at the first page.
    static func check(_ database: Database, known: Int64, path: String) throws {
        let found = try foundVersion(database)
        guard found <= known else { throw StorageError.newerSchema(found, known: known, path: path) }
        guard found == known else {
            throw StorageError(
                .olderSchema,
                "the store \(path) has schema \(found), this svcmap reads \(known); import into it once to update it"
            )
        }
    }

    static func foundVersion(_ database: Database) throws -> Int64 {
        let statement = try database.cachedStatement(sql: "PRAGMA user_version")
        guard let row = try Row.fetchOne(statement) else { return 0 }
        return try row.integer(0)
    }

    private static let tables1 = """
        CREATE TABLE string (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            value BLOB NOT NULL UNIQUE
        ) STRICT;
        CREATE TABLE endpoint (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            address BLOB NOT NULL,
            scope INTEGER NOT NULL REFERENCES string,
            UNIQUE (address, scope)
        ) STRICT;
        CREATE TABLE edge (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            client INTEGER NOT NULL REFERENCES endpoint,
            server INTEGER NOT NULL REFERENCES endpoint,
            port INTEGER NOT NULL,
            originator_port INTEGER NOT NULL,
            transport INTEGER NOT NULL,
            orientation INTEGER NOT NULL,
            UNIQUE (client, server, port, transport, originator_port, orientation)
        ) STRICT;
        CREATE TABLE name (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            endpoint INTEGER NOT NULL REFERENCES endpoint,
            source INTEGER NOT NULL,
            value BLOB NOT NULL,
            UNIQUE (endpoint, source, value)
        ) STRICT;
        CREATE TABLE reporter (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            identity BLOB NOT NULL UNIQUE,
            name BLOB NOT NULL
        ) STRICT;
        CREATE TABLE report (
            start INTEGER NOT NULL,
            reporter INTEGER NOT NULL REFERENCES reporter,
            sequence INTEGER NOT NULL,
            cluster INTEGER NOT NULL REFERENCES string,
            observed_start INTEGER NOT NULL,
            observed_end INTEGER NOT NULL,
            edges INTEGER NOT NULL,
            detail BLOB NOT NULL,
            UNIQUE (start, reporter, sequence)
        ) STRICT;
        CREATE TABLE block (
            resolution INTEGER NOT NULL,
            start INTEGER NOT NULL,
            reporter INTEGER NOT NULL REFERENCES reporter,
            sequence INTEGER NOT NULL,
            shard INTEGER NOT NULL,
            data BLOB NOT NULL,
            UNIQUE (resolution, start, reporter, sequence, shard)
        ) STRICT;
        CREATE TABLE inventory (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            cluster INTEGER NOT NULL REFERENCES string,
            observed_at INTEGER,
            kind TEXT NOT NULL,
            namespace TEXT NOT NULL,
            name TEXT NOT NULL,
            uid TEXT NOT NULL,
            content_hash INTEGER NOT NULL,
            data BLOB NOT NULL
        ) STRICT;
        CREATE INDEX inventory_by_content ON inventory (content_hash);
        """

    private static let tables4 = """
        CREATE TABLE summary (
            resolution INTEGER NOT NULL,
            start INTEGER NOT NULL,
            reporter INTEGER NOT NULL REFERENCES reporter,
            cluster INTEGER NOT NULL REFERENCES string,
            last_start INTEGER NOT NULL,
            edges INTEGER NOT NULL,
            detail BLOB NOT NULL,
            PRIMARY KEY (resolution, start, reporter, cluster)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE summary_block (
            resolution INTEGER NOT NULL,
            start INTEGER NOT NULL,
            reporter INTEGER NOT NULL REFERENCES reporter,
            cluster INTEGER NOT NULL REFERENCES string,
            counted INTEGER NOT NULL,
            shard INTEGER NOT NULL,
            data BLOB NOT NULL,
            UNIQUE (resolution, start, reporter, cluster, counted, shard)
        ) STRICT;
        CREATE TABLE dirty (
            resolution INTEGER NOT NULL,
            start INTEGER NOT NULL,
            PRIMARY KEY (resolution, start)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE retention (
            resolution INTEGER PRIMARY KEY,
            kept_from INTEGER NOT NULL
        ) STRICT;
        """
}
