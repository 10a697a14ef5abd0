// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// What endpoints were over more than a base window.
///
/// Between two cuts of an endpoint every base window gets the same answer, and a window with a
/// cut in it one of its own. So a few base windows stand for all of them.
extension GraphPlan {
    /// More cuts than this in the time an edge was active, and it is read from finer windows.
    private static let maximumCuts = 16

    /// The longest time around a window in which an endpoint gets the answer that it gets in it.
    ///
    /// - Returns: `nil` where a cut lies within the window.
    package func constancy(of endpoint: Endpoint, around window: Window) -> Window? {
        resolver.constancy(of: endpoint, around: window)
    }

    /// When what an endpoint is may change, sorted.
    package func cuts(of endpoint: Endpoint) -> [Timestamp] { resolver.cuts(of: endpoint) }

    /// Whether an edge key was turned in some times, if that is the same all along.
    ///
    /// - Parameters:
    ///   - key: The edge key.
    ///   - spans: From the start of a base window with a row to the end of one, in order.
    /// - Returns: `nil` where it was turned at times only, or cuts are many.
    package func isTurned(_ key: EdgeKey, throughout spans: [Window]) -> Bool? {
        guard key.orientation == .undecided else { return isTurned(key, in: spans[0]) }
        let cuts = [key.client, key.server].map(resolver.cuts)
        guard let windows = windows(in: spans, cuts), let first = windows.first else { return nil }
        let isTurned = isTurned(key, in: first)
        return windows.allSatisfy { self.isTurned(key, in: $0) == isTurned } ? isTurned : nil
    }

    /// Base windows that stand for all of some times, in order; `nil` where they are many.
    private func windows(in spans: [Window], _ cuts: [[Timestamp]]) -> [Window]? {
        var windows: Set<Window> = []
        var count = 0
        for span in spans {
            windows.insert(.containing(span.start))
            windows.insert(.containing(span.end + -1))
            for cuts in cuts {
                var next = cuts.firstPosition { $0 > span.start }
                while next < cuts.count, cuts[next] < span.end {
                    let window = Window.containing(cuts[next])
                    // The one with the cut in it, and the first after the cut.
                    windows.insert(window)
                    if window.end < span.end { windows.insert(window.next) }
                    next += 1
                    count += 1
                    guard count <= Self.maximumCuts else { return nil }
                }
            }
        }
        return windows.sorted { $0.start < $1.start }
    }

    /// Asks what an endpoint was in some times in which an edge was active.
    ///
    /// Whether an answer rests on a guess may change, for a pod's last calls are often those after
    /// its end; that is known where the first or the last window of a span says so, which have rows for sure.
    ///
    /// - Parameters:
    ///   - endpoint: The address.
    ///   - port: The port it was used with; 0 for clients.
    ///   - transport: The transport of that port.
    ///   - role: Whether it called, answered or was dialled.
    ///   - spans: From the start of a base window with a row to the end of one, in order.
    ///   - cuts: When what it is may change.
    ///   - cluster: The cluster of the report.
    /// - Returns: The position of the answer; `nil` where it was not one thing all the time.
    package mutating func party(
        _ endpoint: Endpoint,
        port: UInt16,
        transport: TransportProtocol,
        as role: EndpointRole,
        throughout spans: [Window],
        cuts: [Timestamp],
        cluster: String
    ) -> Int? {
        guard let windows = windows(in: spans, [cuts]) else { return nil }
        func identity(_ window: Window) -> Identity {
            resolver.identity(of: endpoint, port: port, transport: transport, as: role, in: window)
        }
        let answers = windows.map(identity)
        let last = answers[answers.count - 1]
        let others = answers.filter { $0.subject != last.subject || $0.labels != last.labels }
        guard answers.allSatisfy({ $0.identifiedBy == last.identifiedBy }),
            others.allSatisfy({ isOneNode($0, last, endpoint, cluster: cluster) })
        else { return nil }
        let sure = spans.flatMap { [Window.containing($0.start), .containing($0.end + -1)] }.map(identity)
        let guess = sure.first(where: \.isInferred)
        // Dialled addresses need not be in the last row, nor are their guesses shown.
        guard role == .dialled || guess != nil || !answers.contains(where: \.isInferred) else { return nil }
        if others.contains(where: { $0.subject != last.subject }) { isMerged = true }
        return add(guess ?? last, endpoint, cluster: cluster)
    }

    /// Whether two answers about an endpoint come to one node of the graph.
    private func isOneNode(
        _ one: Identity,
        _ other: Identity,
        _ endpoint: Endpoint,
        cluster: String
    ) -> Bool {
        if one.subject != other.subject {
            // Pods take addresses over from each other. What is dialled at one of them is its node too.
            guard !isExact, case .pod(let mine) = one.subject, case .pod(let theirs) = other.subject,
                mine.namespace == theirs.namespace
            else { return false }
        }
        let nodes = [one, other].map { identity in
            var node = placement.node(for: identity, cluster: cluster, scope: endpoint.scope)
            node.isInferred = false
            return node
        }
        return nodes[0] == nodes[1]
    }
}
