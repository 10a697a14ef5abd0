// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel
import GRDB
package import Graph
import Synchronization

extension WindowStore {
    /// Every inventory observation, oldest first; those without a receive time come before all.
    package func inventory() throws -> [InventoryObservation] {
        try read { try InventoryTable.all($0) }
    }

    /// Every name traffic gave to an address, sorted by endpoint, source and name.
    package func names() throws -> [NameObservation] {
        try read { database in
            let rows = try RawRows(
                try database.cachedStatement(
                    sql: """
                        SELECT name.endpoint, name.source, name.value, endpoint.address, string.value FROM name
                        LEFT JOIN endpoint ON endpoint.id = name.endpoint LEFT JOIN string ON string.id = endpoint.scope
                        """
                )
            )
            var names: [NameObservation] = []
            while try rows.next() { names.append(try rows.name()) }
            names.sort {
                if $0.endpoint != $1.endpoint { return $0.endpoint < $1.endpoint }
                if $0.source != $1.source { return $0.source.rawValue < $1.source.rawValue }
                return $0.name < $1.name
            }
            return names
        }
    }

    /// From the start of the first stored window, of whichever length, to the end of the last base
    /// window; `nil` when empty.
    package func range() throws -> Window? {
        try read(StoredWindows.range)
    }

    /// Hands over the reports of all base windows that lie in a range, in order of window,
    /// reporter and sequence, from one consistent snapshot.
    ///
    /// Windows that were pruned are left out, also those that are not deleted yet. The body may throw to stop; it must not call the store.
    package func forEachReport(in range: Window, _ body: (WindowReport) throws -> Void) throws {
        try readWithDictionary { database, dictionary in
            try ReportReader(database, dictionary, path: file.path).forEach(in: range, body)
        }
    }

    /// A number that changes when any process changes the store.
    ///
    /// It says nothing else: it may also change when nothing did, and only numbers of one
    /// opened store can be compared.
    package func dataVersion() throws -> Int64 {
        try requireOpen()
        return try Self.translating(path: file.path) {
            try connections.watcher.unsafeRead { database in
                guard let row = try Row.fetchOne(database, sql: "PRAGMA data_version") else { return 0 }
                return try row.integer(0)
            }
        }
    }

    /// Runs a body on one snapshot with the dictionaries of that snapshot, or newer ones.
    func readWithDictionary<T>(_ body: (Database, ReaderDictionary) throws -> T) throws -> T {
        try read { database in
            var dictionary = readerDictionary.withLock { $0 }
            try dictionary.refresh(database)
            readerDictionary.withLock { [dictionary] in
                if dictionary.isNewer(than: $0) { $0 = dictionary }
            }
            return try body(database, dictionary)
        }
    }
}

extension RawRows {
    /// The name in a row of (endpoint, source, value, address, scope).
    fileprivate func name() throws -> NameObservation {
        guard !isNull(3), !isNull(4) else { throw BlockError.unknownID(try unsigned(0)) }
        guard let source = UInt8(exactly: try integer(1)).flatMap(NameObservation.Source.init(rawValue:))
        else {
            throw WrongColumn(column: 1)
        }
        guard let address = try withBytes(3, { IPAddress(stored: $0) }) else { throw WrongColumn(column: 3) }
        return NameObservation(
            endpoint: Endpoint(scope: try string(4), address: address),
            name: try string(2),
            source: source
        )
    }
}
