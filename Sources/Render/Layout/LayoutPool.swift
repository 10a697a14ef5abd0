// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// So many layouts at a time, each in a child process of its own; the others wait their turn.
///
/// A process lives for one piece of work. Starting one takes some 20 ms, and none can carry
/// over what Graphviz did wrong before; one that overruns is killed, and its place is free.
package actor LayoutPool {
    /// Processes at a time, however many cores there are.
    package static let maximumProcesses = 4
    /// Pieces of work that may wait.
    package static let maximumWaiting = 256

    private let process: LayoutProcess
    private let processes: Int
    private var running = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Prepares to start processes; starts none.
    ///
    /// - Parameters:
    ///   - process: How one is started.
    ///   - processes: How many at a time; as many as there are cores, up to `maximumProcesses`.
    package init(
        process: LayoutProcess,
        processes: Int = min(LayoutPool.maximumProcesses, ProcessInfo.processInfo.activeProcessorCount)
    ) {
        self.process = process
        self.processes = max(1, processes)
    }

    /// The layouts of several graphs, in their order, by as many processes as there are.
    ///
    /// - Parameters:
    ///   - requests: The graphs.
    ///   - deadline: For all of them, time in the queue included.
    /// - Returns: A layout for each.
    /// - Throws: `RenderError`, the first of any.
    package func layouts(_ requests: [LayoutRequest], within deadline: Duration) async throws -> [Layout] {
        let start = ContinuousClock.now
        let shares = Self.shares(requests, count: processes)
        return try await withThrowingTaskGroup(of: [(Int, Layout)].self) { group in
            for share in shares {
                group.addTask {
                    try await self.turn()
                    do {
                        // Whoever asked may have left while this waited.
                        try Task.checkCancellation()
                        let left = deadline - (ContinuousClock.now - start)
                        guard left > .zero else { throw RenderError.timedOut(after: deadline) }
                        let layouts = try await self.process.layouts(share.map { requests[$0] }, within: left)
                        await self.leave()
                        return Array(zip(share, layouts))
                    } catch {
                        await self.leave()
                        throw error
                    }
                }
            }
            var layouts = [Layout](repeating: .empty, count: requests.count)
            for try await share in group {
                for (index, layout) in share { layouts[index] = layout }
            }
            return layouts
        }
    }

    /// An SVG document in another form.
    func converted(
        _ svg: String,
        _ conversion: PictureConversion,
        within deadline: Duration
    ) async throws
        -> [UInt8]
    {
        try await turn()
        defer { leave() }
        return try await process.run(
            Array(svg.utf8),
            arguments: conversion.arguments,
            within: deadline
        )
    }

    // MARK: - Turns

    private func turn() async throws {
        if running < processes {
            running += 1
            return
        }
        guard waiting.count < Self.maximumWaiting else { throw RenderError.busy }
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Hands the place on to who waits longest.
    private func leave() {
        if waiting.isEmpty { running -= 1 } else { waiting.removeFirst().resume() }
    }

    /// Splits the work evenly; the cost of a layout grows faster than its edges.
    private static func shares(_ requests: [LayoutRequest], count: Int) -> [[Int]] {
        func cost(_ request: LayoutRequest) -> Int {
            let edges = request.edges.count
            return request.nodes.count + edges + edges * edges / 20
        }
        var shares = [[Int]](repeating: [], count: min(count, requests.count))
        var costs = shares.map { _ in 0 }
        let order = requests.indices.sorted {
            let (one, other) = (cost(requests[$0]), cost(requests[$1]))
            return one != other ? one > other : $0 < $1
        }
        for index in order {
            let least = costs.indices.min { costs[$0] < costs[$1] } ?? 0
            shares[least].append(index)
            costs[least] += cost(requests[index])
        }
        return shares
    }
}
