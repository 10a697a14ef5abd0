// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import CAllocationCount

/// One measured piece of work.
struct Benchmark {
    /// `<Area>.<operation>/<case>`, after the file it watches over.
    let name: String
    /// What one unit of the result is.
    let unit: String
    /// Does the work and returns how many units it was.
    let work: () throws -> Int

    /// Rounds whose median is reported; the first one warms up and is dropped.
    static let rounds = 5

    /// Runs it and returns a row of the table.
    func measure() throws -> String {
        var nanoseconds: [Double] = []
        var allocations: [Double] = []
        _ = try work()
        for _ in 0..<Self.rounds {
            let allocated = svcmap_allocation_count()
            let start = ProcessorTime.now
            let units = Double(max(1, try work()))
            nanoseconds.append((ProcessorTime.now - start) / units)
            allocations.append(Double(svcmap_allocation_count() - allocated) / units)
        }
        let time = nanoseconds.sorted()[Self.rounds / 2]
        let count = allocations.sorted()[Self.rounds / 2]
        return "| \(name) | \(Self.rounded(time)) | \(Self.rounded(count)) | \(unit) |"
    }

    private static func rounded(_ value: Double) -> String {
        let scaled = (value * 1_000).rounded() / 1_000
        return scaled >= 100 ? String(Int(scaled.rounded())) : String(scaled)
    }
}
