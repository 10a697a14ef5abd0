// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Whose series is asked for.
package enum SeriesSubject: Hashable, Sendable {
    /// The edge with this id.
    case edge(String)
    /// The node with this id: what it served, then what it called.
    case node(String)
    /// All edges of the view.
    case view
}
