// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Sets of reporters, each kept once: thousands of edges share a few of them.
struct ReporterSets: Sendable {
    private struct Step: Hashable {
        let set: Int
        let reporter: Int
    }

    /// The empty set is the first.
    private(set) var sets: [[Int]] = [[]]
    private var positions: [[Int]: Int] = [[]: 0]
    private var steps: [Step: Int] = [:]
    /// The last answer: the rows of a block have one reporter, and most of them the same set.
    private var last: (step: Step, set: Int)?

    init() {}

    /// The position of a set with one more reporter in it.
    mutating func adding(_ reporter: Int, to set: Int) -> Int {
        let step = Step(set: set, reporter: reporter)
        if let last, last.step == step { return last.set }
        let found = steps[step] ?? find(step)
        last = (step, found)
        return found
    }

    private mutating func find(_ step: Step) -> Int {
        var members = sets[step.set]
        if !members.contains(step.reporter) {
            members.append(step.reporter)
            members.sort()
        }
        let position = positions[members] ?? sets.count
        if position == sets.count {
            sets.append(members)
            positions[members] = position
        }
        steps[step] = position
        return position
    }
}
