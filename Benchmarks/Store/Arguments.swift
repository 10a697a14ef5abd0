// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What the command line says: a command, a path, and options of the form `--name value`.
struct Arguments {
    let command: String
    let path: String
    private var values: [String: String] = [:]

    static let usage = """
        usage: StoreBenchmark COMMAND STORE [OPTIONS]

        append    writes windows of 10 s of a simulated cluster, and measures speed and size
        rollup    rolls up all of a store and measures speed and size
        columns   lays out what each column of the blocks takes
        graph     makes a graph of a range in this process, which read nothing before, then again, and a series

        --pods N --edges N --seed N   the cluster (1000, 10000, 1)
        --per-node N                  pods on a node, each of which reports for itself (50)
        --windows N                   windows of 10 s to write (30)
        --stands-for N                windows of 10 s that each written one stands for: it has all that they would,
                                      and the next is written so many windows later (1)
        --days N                      days of inventory, for deploys (1)
        --unit NS                     durations are whole multiples of this: 1, or 1000 as in most files (1)
        --level LEVEL --range SECONDS for graph (workload, all)
        --resolution LENGTH           for columns (10s)
        --edge N --step SECONDS       for graph: the series of the Nth edge (0, the day), not read with --step 0
        --looks N                     for graph: nothing after the first graph with 0 (1)
        --from SECONDS                for graph: after the start of the store (the range before its end)
        """

    struct Invalid: Error {}

    init(_ words: [String]) throws {
        guard words.count >= 2, words.count.isMultiple(of: 2) else { throw Invalid() }
        (command, path) = (words[0], words[1])
        for place in stride(from: 2, to: words.count, by: 2) {
            guard words[place].hasPrefix("--") else { throw Invalid() }
            values[String(words[place].dropFirst(2))] = words[place + 1]
        }
    }

    func number(_ name: String, _ standard: Int) throws -> Int {
        guard let value = values[name] else { return standard }
        guard let number = Int(value) else { throw Invalid() }
        return number
    }

    func text(_ name: String, _ standard: String) -> String { values[name] ?? standard }

    /// Where simulated time begins, a midnight.
    static let start = Timestamp(seconds: 1_759_968_000)

    func cluster() throws -> SimulatedCluster {
        SimulatedCluster(
            pods: try number("pods", 1_000),
            podsPerNode: max(1, try number("per-node", 50)),
            edges: try number("edges", 10_000),
            start: Self.start,
            seed: UInt64(try number("seed", 1))
        )
    }
}
