// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
package import Graph

/// Sampled transactions, from the end of the range backwards: people look at the latest.
extension GraphReader {
    /// Transactions of a list; those before are not looked for.
    package static let maximumSamples = 10_000
    /// Stored rows that are searched for a list; those before are not.
    package static let maximumRowsSearched = 500_000
    /// Rows that are held at a time, unless a single base window has more.
    private static let maximumRowsAtOnce = 50_000

    /// Stops the reading of a part of the range that holds too much.
    private struct TooMany: Error {}

    /// Lists the sampled transactions of some edges.
    ///
    /// - Parameters:
    ///   - query: The graph that has the edges.
    ///   - filter: Which transactions.
    ///   - isWanted: Whether those of the edge with an id are wanted.
    /// - Returns: The latest, sorted; `searchedFrom` says whether there may be older ones.
    /// - Throws: `StorageError`.
    package func samples(
        in query: GraphQuery,
        matching filter: SampleFilter = SampleFilter(),
        ofEdges isWanted: (String) -> Bool
    ) throws -> SampleList {
        let range = query.window(stored: stored)
        var list = SampleList(window: range)
        guard let stored, range.start < range.end else { return list }
        let names = try store.read { try placed(query, $0).names }
        let first = max(range.start, stored.start)
        var end = min(range.end, stored.end)
        var length = Window.baseNanoseconds
        var rows = 0
        while first < end, rows < Self.maximumRowsSearched, list.samples.count < Self.maximumSamples {
            let part = Window(start: max(first, end + -length), end: end)
            var builder = GraphBuilder(window: part, query: query, resolver: resolver, names: names)
            var found = 0
            do {
                try store.forEachReport(in: part) { report in
                    found += report.edges.count
                    let isDivisible = part.end - part.start > Window.baseNanoseconds
                    guard !isDivisible || found <= Self.maximumRowsAtOnce else { throw TooMany() }
                    builder.add(report)
                }
            } catch is TooMany {
                length = max(Window.baseNanoseconds, length / 4)
                continue
            }
            list.samples += builder.samples(ofEdges: isWanted).filter { filter.matches($0.sample) }
            rows += found
            end = part.start
            // Doubling a length of base windows, and quartering it, leaves whole ones.
            if found < Self.maximumRowsAtOnce / 4, length < stored.end - stored.start { length *= 2 }
        }
        if first < end { list.searchedFrom = end }
        list.samples.sort { $1.sample.isOrderedBefore($0.sample) }
        list.samples = Array(list.samples.prefix(Self.maximumSamples))
        return list
    }
}
