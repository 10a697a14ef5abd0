// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What to make a graph of.
package struct GraphQuery: Equatable, Sendable {
    /// `nil`: from the first stored window.
    package var from: Timestamp?
    /// The exclusive end; `nil`: to the end of the last stored window.
    package var to: Timestamp?
    package var level: GraphLevel
    /// Only edges with an end in one of these namespaces; empty means all.
    package var namespaces: Set<String>

    package init(
        from: Timestamp? = nil,
        to: Timestamp? = nil,
        level: GraphLevel = .workload,
        namespaces: Set<String> = []
    ) {
        self.from = from
        self.to = to
        self.level = level
        self.namespaces = namespaces
    }
}
