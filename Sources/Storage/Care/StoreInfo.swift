// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
import GRDB

/// What a store holds, in figures.
package struct StoreInfo: Equatable, Sendable {
    /// The windows of one length.
    package struct Windows: Equatable, Sendable {
        package let resolution: Resolution
        package var count = 0
        /// The start of the first one; `nil` where there is none.
        package var first: Timestamp?
        /// The start of the last one; `nil` where there is none.
        package var last: Timestamp?
        /// What reporters said: reports, or summaries.
        package var parts = 0
        /// Edges of all parts together.
        package var rows = 0
        /// Bytes of their blocks.
        package var blockBytes = 0
        /// Windows that have not been rolled up since a report came.
        package var dirty = 0
        /// Windows before this were pruned.
        package var keptFrom: Timestamp?

        init(_ resolution: Resolution) {
            self.resolution = resolution
        }
    }

    package var schemaVersion: Int64 = 0
    /// Of the file without its log, and how many of them hold nothing.
    package var bytes: Int64 = 0
    package var freeBytes: Int64 = 0
    package var logBytes = 0
    /// By length, the finest first.
    package var windows: [Windows] = []
    package var reporters = 0
    package var edges = 0
    package var endpoints = 0
    package var names = 0
    package var strings = 0
    package var inventoryFacts = 0
}

extension WindowStore {
    /// Counts what the store holds, in one snapshot; takes a look at every block's length.
    package func info() throws -> StoreInfo {
        try read { database in
            var info = StoreInfo()
            info.schemaVersion = try Schema.foundVersion(database)
            let pages = try StorePages(database)
            info.bytes = pages.count &* pages.bytes
            info.freeBytes = pages.free &* pages.bytes
            info.logBytes = file.walBytes
            info.windows = try Resolution.allCases.map { try Self.windows($0, database) }
            func count(_ table: String) throws -> Int {
                Int(clamping: try Self.number("SELECT count(*) FROM \(table)", database))
            }
            info.reporters = try count("reporter")
            info.edges = try count("edge")
            info.endpoints = try count("endpoint")
            info.names = try count("name")
            info.strings = try count("string")
            info.inventoryFacts = try count("inventory")
            return info
        }
    }

    private static func windows(_ resolution: Resolution, _ database: Database) throws -> StoreInfo.Windows {
        let length = resolution.rawValue
        let isBase = resolution.finer == nil
        let parts = isBase ? "report" : "summary WHERE resolution = \(length)"
        let blocks = "\(isBase ? "block" : "summary_block") WHERE resolution = \(length)"
        var windows = StoreInfo.Windows(resolution)
        windows.count = Int(
            clamping: try number("SELECT count(*) FROM (SELECT DISTINCT start FROM \(parts))", database)
        )
        windows.first = try StoredWindows.first(resolution, database)
        windows.last = try StoredWindows.last(resolution, database)
        windows.parts = Int(clamping: try number("SELECT count(*) FROM \(parts)", database))
        windows.rows = Int(
            clamping: try number("SELECT CAST(total(edges) AS INTEGER) FROM \(parts)", database)
        )
        windows.blockBytes = Int(
            clamping: try number("SELECT CAST(total(length(data)) AS INTEGER) FROM \(blocks)", database)
        )
        windows.dirty = Int(
            clamping: try number("SELECT count(*) FROM dirty WHERE resolution = \(length)", database)
        )
        windows.keptFrom = try RetentionTable.keptFrom(resolution, database)
        return windows
    }

    private static func number(_ sql: String, _ database: Database) throws -> Int64 {
        guard let row = try Row.fetchOne(database, sql: sql) else { return 0 }
        return try row.integer(0)
    }
}
