// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// Rolls up dirty windows of one store, the finest first, while it holds the maintenance lock.
///
/// A window is added up from a snapshot, without keeping anybody from writing, and stored in one
/// short transaction, unless a report has come into it meanwhile. So a crash leaves it dirty or done.
struct RollUp {
    private enum Outcome {
        case rolledUp(rows: Int)
        /// It stays dirty: a finer window is dirty, or a report came meanwhile.
        case notYet
        case damaged(String)
        case stopped
    }

    private let store: WindowStore
    private let scope: WindowStore.RollUpScope
    private var texts = StringTexts()

    init(_ store: WindowStore, _ scope: WindowStore.RollUpScope) {
        self.store = store
        self.scope = scope
    }

    /// Rolls up as many windows as it may.
    mutating func run(limit: Int, shouldStop: () -> Bool) throws -> WindowStore.RollUpProgress {
        var progress = WindowStore.RollUpProgress()
        guard let end = try store.read(StoredWindows.end) else {
            progress.isDone = true
            return progress
        }
        for resolution in DirtyWindows.resolutions {
            let last = scope == .all ? Timestamp(nanoseconds: .max) : end + -resolution.nanoseconds
            var from = Timestamp(nanoseconds: .min)
            while let start = try store.read({
                try DirtyWindows.first(resolution, from: from, through: last, $0)
            }) {
                guard progress.windows < limit, !shouldStop() else { return progress }
                switch try rollUp(resolution, start, shouldStop: shouldStop) {
                case .rolledUp(let rows):
                    progress.windows += 1
                    progress.rows += rows
                    try store.checkpointIfLong(holdsLock: true)
                case .notYet: break
                case .damaged(let line): progress.damaged.append(line)
                case .stopped: return progress
                }
                from = start + 1
            }
        }
        progress.isDone = true
        return progress
    }

    private mutating func rollUp(
        _ resolution: Resolution,
        _ start: Timestamp,
        shouldStop: () -> Bool
    ) throws -> Outcome {
        let window = Window(start: start, end: start + resolution.nanoseconds)
        let rolled: (window: RolledWindow, latestReport: Int64)?
        do {
            rolled = try merge(resolution, window, shouldStop: shouldStop)
        } catch is WindowMerge.Stopped {
            return .stopped
        } catch let error as StorageError where error.code == .corrupt {
            return .damaged(error.message)
        }
        guard let rolled else { return .notYet }
        let texts = texts
        let isStored = try store.write { database, _ in
            guard try !Self.hasReports(after: rolled.latestReport, in: window, database) else { return false }
            try rolled.window.store(database, strings: texts.ids)
            return true
        }
        return isStored ? .rolledUp(rows: rolled.window.rows) : .notYet
    }

    /// Adds up a window.
    ///
    /// - Returns: The window, and the last report that the snapshot had; `nil` where a finer window
    ///   is dirty.
    private mutating func merge(
        _ resolution: Resolution,
        _ window: Window,
        shouldStop: () -> Bool
    ) throws -> (window: RolledWindow, latestReport: Int64)? {
        try texts.reserveFolding(in: store)
        // Taken out for the time, or it would be copied when it learns.
        var texts = StringTexts()
        swap(&texts, &self.texts)
        defer { swap(&texts, &self.texts) }
        return try store.readWithDictionary { database, dictionary in
            if let finer = resolution.finer {
                let dirty = try DirtyWindows.first(
                    finer,
                    from: window.start,
                    through: window.end + -1,
                    database
                )
                guard dirty == nil else { return nil }
            }
            texts.learn(dictionary.strings)
            let latest = try Row.fetchOne(database, sql: "SELECT max(rowid) FROM report")?.optionalInteger(0)
            let rolled = try store.naming(resolution, window) {
                try WindowMerge(resolution, window, database, dictionary, texts: texts)
                    .run(shouldStop: shouldStop)
            }
            return (rolled, latest ?? 0)
        }
    }

    /// Whether a report has come into a window since a snapshot was taken.
    ///
    /// Row ids grow: the only one to delete reports is the holder of the maintenance lock.
    private static func hasReports(after row: Int64, in window: Window, _ database: Database) throws -> Bool {
        let find = try database.cachedStatement(
            sql: "SELECT 1 FROM report WHERE start >= ? AND start < ? AND rowid > ? LIMIT 1"
        )
        let arguments: StatementArguments = [window.start.nanoseconds, window.end.nanoseconds, row]
        return try Row.fetchOne(find, arguments: arguments) != nil
    }
}
