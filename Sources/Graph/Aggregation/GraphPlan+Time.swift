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

    /// How an edge key lies in time: to which of its ends, in which direction.
    package struct Course: Sendable {
        package let isTurned: Bool
        /// Base windows that stand for all in which the edge was active, the first and the last among
        /// them.
        let windows: [Window]
    }

    /// The longest time around a window in which an endpoint gets the answer that it gets in it.
    ///
    /// - Returns: `nil` where a cut lies within the window.
    package func constancy(of endpoint: Endpoint, around window: Window) -> Window? {
        resolver.constancy(of: endpoint, around: window)
    }

    /// How an edge key lies in the time it was active, if that is the same all along.
    ///
    /// - Parameters:
    ///   - key: The edge key.
    ///   - activity: From the start of the first base window to the end of the last.
    /// - Returns: `nil` where it was turned at times only, or cuts are many.
    package func course(of key: EdgeKey, in activity: Window) -> Course? {
        guard let windows = windows(of: [key.client, key.server], in: activity), let first = windows.first
        else { return nil }
        let isTurned = isTurned(key, in: first)
        guard windows.dropFirst().allSatisfy({ self.isTurned(key, in: $0) == isTurned }) else { return nil }
        return Course(isTurned: isTurned, windows: windows)
    }

    /// How the time in which an address was dialled is cut.
    ///
    /// - Returns: `nil` where cuts are many.
    package func course(in activity: Window, of endpoint: Endpoint) -> Course? {
        windows(of: [endpoint], in: activity).map { Course(isTurned: false, windows: $0) }
    }

    /// Base windows that stand for all of a time, in order; `nil` where they are many.
    private func windows(of endpoints: [Endpoint], in activity: Window) -> [Window]? {
        var windows: Set<Window> = [.containing(activity.start), .containing(activity.end + -1)]
        var count = 0
        for endpoint in endpoints {
            let cuts = resolver.cuts(of: endpoint)
            var next = cuts.firstPosition { $0 > activity.start }
            while next < cuts.count, cuts[next] < activity.end {
                let window = Window.containing(cuts[next])
                // The one with the cut in it, and the first after the cut.
                windows.insert(window)
                if window.end < activity.end { windows.insert(window.next) }
                next += 1
                count += 1
                guard count <= Self.maximumCuts else { return nil }
            }
        }
        return windows.sorted { $0.start < $1.start }
    }

    /// Asks what an endpoint was all the time that an edge was active.
    ///
    /// Whether an answer rests on a guess may change, for a pod's last calls are often those after
    /// its end; that is known where the first or the last window says so, which have rows for sure.
    ///
    /// - Parameters:
    ///   - endpoint: The address.
    ///   - port: The port it was used with; 0 for clients.
    ///   - transport: The transport of that port.
    ///   - role: Whether it called, answered or was dialled.
    ///   - course: The course of its edge.
    ///   - cluster: The cluster of the report.
    /// - Returns: The position of the answer; `nil` where it was not one thing all the time.
    package mutating func party(
        _ endpoint: Endpoint,
        port: UInt16,
        transport: TransportProtocol,
        as role: EndpointRole,
        along course: Course,
        cluster: String
    ) -> Int? {
        let answers = course.windows.map {
            resolver.identity(of: endpoint, port: port, transport: transport, as: role, in: $0)
        }
        let (first, last) = (answers[0], answers[answers.count - 1])
        let isOne = answers.allSatisfy {
            $0.subject == first.subject && $0.identifiedBy == first.identifiedBy
        }
        guard isOne else { return nil }
        let isGuess = answers.contains { $0.isInferred }
        // Dialled addresses need not be in the last row, nor are their guesses shown.
        guard role == .dialled || !isGuess || first.isInferred || last.isInferred else { return nil }
        return add(first.isInferred ? first : last, endpoint, cluster: cluster)
    }
}
