// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What the store holds now, asked for once however many want to know.
actor StoreWatch {
    /// An answer younger than this is good enough.
    static let maximumAge = Duration.milliseconds(500)

    private let graphs: any GraphSource
    private var latest: (state: StoreState, at: ContinuousClock.Instant)?

    init(graphs: any GraphSource) {
        self.graphs = graphs
    }

    func state() async -> StoreState {
        if let latest, latest.at.duration(to: .now) < Self.maximumAge { return latest.state }
        // Those who come meanwhile ask too: a second question costs less than keeping order.
        let state = (try? await graphs.state()) ?? .unreadable
        latest = (state, .now)
        return state
    }
}

/// The state of a store, as far as it can be told without reading windows.
package enum StoreState: Equatable, Sendable {
    case unreadable
    /// The number changes with every change; the window is absent while nothing is stored.
    case readable(version: Int64, stored: Window?)
}
