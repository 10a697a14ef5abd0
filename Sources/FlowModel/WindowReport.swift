// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// One edge of a window report.
package struct EdgeRow: Equatable, Sendable {
    /// An address and port that clients used to reach the edge's server.
    package struct Dialled: Hashable, Sendable {
        package let endpoint: Endpoint
        package let port: UInt16

        package init(endpoint: Endpoint, port: UInt16) {
            self.endpoint = endpoint
            self.port = port
        }
    }

    package var key: EdgeKey
    package var metrics: EdgeMetrics
    /// By address that clients dialled, how many connections (or UDP flows) began in this window.
    ///
    /// 0 where only older ones had traffic; an address that only answered is not in it.
    package var dialled: [Dialled: UInt64]
    /// Some of its transactions, as examples.
    package var samples: TransactionSamples

    package init(
        key: EdgeKey,
        metrics: EdgeMetrics = EdgeMetrics(),
        dialled: [Dialled: UInt64] = [:],
        samples: TransactionSamples = TransactionSamples()
    ) {
        self.key = key
        self.metrics = metrics
        self.dialled = dialled
        self.samples = samples
    }
}

/// Everything one reporter says about one window.
///
/// A report is applied exactly once: (reporter id, window, sequence) is its identity. Late
/// traffic of a window that was already reported makes a further report with the next sequence.
package struct WindowReport: Equatable, Sendable {
    package var cluster: String
    package var reporter: Reporter
    package var window: Window
    package var sequence: UInt64
    /// The part of the window the reporter was watching, clipped to it.
    ///
    /// Empty for late reports.
    package var observed: Window
    /// Sorted by key.
    package var edges: [EdgeRow]
    package var names: [NameObservation]
    package var localAddresses: [LocalAddress]
    package var coverage: Coverage

    package init(
        cluster: String,
        reporter: Reporter,
        window: Window,
        sequence: UInt64,
        observed: Window,
        edges: [EdgeRow] = [],
        names: [NameObservation] = [],
        localAddresses: [LocalAddress] = [],
        coverage: Coverage = Coverage()
    ) {
        self.cluster = cluster
        self.reporter = reporter
        self.window = window
        self.sequence = sequence
        self.observed = observed
        self.edges = edges
        self.names = names
        self.localAddresses = localAddresses
        self.coverage = coverage
    }
}
