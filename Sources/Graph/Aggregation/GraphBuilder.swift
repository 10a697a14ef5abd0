// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Folds window reports into a service graph.
///
/// Reports come in any order. Names come from the inventory as it was at each window.
package struct GraphBuilder {
    /// - Parameters:
    ///   - window: The range, already widened to whole base windows; reports outside it are ignored.
    ///   - inventory: Every observation known, in any order.
    ///   - names: Names that traffic gave to addresses, in any order, from the whole store.
    package init(
        window: Window,
        query: GraphQuery,
        inventory: [InventoryObservation],
        names: [NameObservation]
    ) {
    }

    package mutating func add(_ report: WindowReport) {
    }

    package func build() -> ServiceGraph {
        ServiceGraph(window: Window.containing(Timestamp(nanoseconds: 0)), level: .workload)
    }
}
