// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Why the store could not be opened, read or written, in one line that says what to try.
package struct StorageError: Error, Equatable, Sendable {
    /// What kind of failure it is.
    package enum Code: String, Equatable, Sendable, CaseIterable {
        /// There is no such file.
        case missing
        /// The file is not a database, or a database of another program.
        case notAStore
        /// A newer build has written the store.
        case newerSchema
        /// The store was never finished, or an older build wrote it and only a writer may migrate.
        case olderSchema
        /// Another process kept the store for too long.
        case locked
        /// The disk, or a quota, is full.
        case full
        /// Bytes of the store are damaged.
        case corrupt
        /// The file system refuses access.
        case permission
        /// The store was opened for reading, or cannot be written where it is.
        case readOnly
        /// A file that had to stay as it was while it was read has changed.
        case changed
        /// The report breaks a rule of the format.
        case invalidReport
        /// The report is of a time whose windows were pruned.
        case outsideRetention
        /// The store was closed.
        case closed
        /// SQLite failed in another way.
        case failed
    }

    package let code: Code
    /// One line: what failed, with what, what to try.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

extension StorageError: CustomStringConvertible {
    package var description: String { message }
}
