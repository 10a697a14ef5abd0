// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What a store holds, for people.
package struct StoreInfo: Equatable, Sendable {
    /// `user_version`.
    package var schemaVersion: Int64 = 0
    /// The database file.
    package var fileBytes = 0
    /// The write-ahead log, which the next checkpoint moves into the file.
    package var walBytes = 0
    /// Different base windows with at least one report.
    package var windows = 0
    /// Applied reports.
    package var reports = 0
    /// Rows of all reports together: one edge in one window of one reporter.
    package var edgeWindows = 0
    /// Bytes of all window blocks together.
    package var blockBytes = 0
    /// Different edges.
    package var edges = 0
    package var endpoints = 0
    package var reporters = 0
    /// Observations.
    package var inventory = 0
    /// From the start of the first window to the end of the last; `nil` when empty.
    package var range: Window?

    package init() {}
}

/// A reporter and the span of its windows.
package struct ReporterSummary: Equatable, Sendable {
    package let reporter: Reporter
    package let reports: Int
    /// From the start of its first window to the end of its last.
    package let range: Window

    package init(reporter: Reporter, reports: Int, range: Window) {
        self.reporter = reporter
        self.reports = reports
        self.range = range
    }
}
