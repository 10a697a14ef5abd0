// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// One edge of a block: what an `EdgeRow` becomes when dictionaries stand in for addresses.
package struct BlockRow: Equatable, Sendable {
    /// An address and port that clients used.
    package struct Dialled: Equatable, Sendable, BitwiseCopyable {
        /// The endpoint's id; 0, with port 0, is the edge's own server and port.
        package var endpoint: UInt64
        package var port: UInt16
        package var connections: UInt64

        package init(endpoint: UInt64, port: UInt16, connections: UInt64) {
            self.endpoint = endpoint
            self.port = port
            self.connections = connections
        }
    }

    /// Two base windows with rows between which nothing happened for a whole day.
    package struct Rest: Equatable, Sendable, BitwiseCopyable {
        /// The last window before it.
        package var after: UInt32
        /// The first window behind it, at least two later.
        package var until: UInt32

        package init(after: UInt32, until: UInt32) {
            self.after = after
            self.until = until
        }
    }

    /// The id of the edge's key.
    package var edge: UInt64
    package var metrics: EdgeMetrics
    /// In order of endpoint and port.
    package var dialled: [Dialled]
    package var samples: TransactionSamples
    /// The first base window of a coarse window in which the edge had a row, counted from 0; 0 in
    /// blocks of base windows.
    package var firstWindow: UInt32
    /// The last one; not before the first.
    package var lastWindow: UInt32
    /// Between them, times with a whole day in them without any row, in order.
    package var rests: [Rest]

    package init(
        edge: UInt64,
        metrics: EdgeMetrics = EdgeMetrics(),
        dialled: [Dialled] = [],
        samples: TransactionSamples = TransactionSamples(),
        firstWindow: UInt32 = 0,
        lastWindow: UInt32 = 0,
        rests: [Rest] = []
    ) {
        self.edge = edge
        self.metrics = metrics
        self.dialled = dialled
        self.samples = samples
        self.firstWindow = firstWindow
        self.lastWindow = lastWindow
        self.rests = rests
    }
}
