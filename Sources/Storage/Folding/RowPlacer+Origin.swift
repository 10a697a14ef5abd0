// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// What rows are placed by, and what comes of it.
extension RowPlacer {
    /// What became of a row.
    enum Place {
        case pair(Int, isTurned: Bool)
        /// Another reporter counts it.
        case leftOut
        /// Its ends changed while it was active: finer windows tell.
        case ambiguous
    }

    /// How it is told whether rows count.
    enum Counting {
        case kept(Counted)
        /// By who was nearest to the client in a base window.
        case nearest(ReporterChoice, reporter: String)
    }

    /// Whose rows they are, and when.
    struct Origin {
        /// The window of the block.
        let window: Window
        let isBase: Bool
        /// Whether there is nothing finer to ask.
        let isFinest: Bool
        let cluster: UInt64
        let clusterName: String
        let reporter: Int
        let counting: Counting
    }
}
