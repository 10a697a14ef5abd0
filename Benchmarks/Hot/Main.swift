// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Glibc

/// Measures layers of the collector on a capture, so that a change of one of them shows where it
/// happened.
@main
enum Main {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        switch (arguments.first, arguments.count) {
        case ("layers", 2):
            try printLayers(of: CommandLine.arguments[2])
        case ("threads", 2):
            try ThreadComparison(path: CommandLine.arguments[2]).print()
        case ("allocations", 4):
            guard let layer = Layer(rawValue: CommandLine.arguments[3]),
                let warmUp = UInt64(CommandLine.arguments[4])
            else { usage() }
            let steady = try layer.allocations(path: CommandLine.arguments[2], warmUp: warmUp)
            print(steady.allocations, steady.frames)
        case (let name?, 2):
            guard let layer = Layer(rawValue: name) else { usage() }
            print(try layer.run(path: CommandLine.arguments[2]))
        default:
            usage()
        }
    }

    /// Nanoseconds of processor time and allocations for each frame.
    private static func printLayers(of path: String) throws {
        print("| layer | ns of processor time | allocations | per |")
        print("|---|--:|--:|---|")
        for layer in Layer.allCases {
            print(
                try Benchmark(name: layer.rawValue, unit: "frame") { Int(try layer.run(path: path)) }
                    .measure()
            )
        }
    }

    private static func usage() -> Never {
        print(
            """
            usage: Benchmarks layers CAPTURE                      time and allocations of all layers
                   Benchmarks read|decode|flows|account CAPTURE   one layer once, to be measured from outside
                   Benchmarks threads CAPTURE                     one thread and two: the clock, and whether they agree
                   Benchmarks allocations CAPTURE LAYER WARMUP    allocations and frames behind the first WARMUP
            """
        )
        exit(2)
    }
}
