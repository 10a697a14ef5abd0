// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// What a placer was told of endpoints that changed while an edge was active.
///
/// Between two cuts of an endpoint every base window gets the same answer, and a window with a cut in it one of its
/// own. So times that lie alike between the cuts get the same answer, and long windows have many rows of each.
struct CourseMemory {
    /// How up to four spans lie between the cuts of an endpoint.
    struct Mark: Hashable {
        private var first: UInt64 = 0
        private var second: UInt64 = 0

        /// `nil` where it would not fit.
        init?(_ spans: [Window], _ cuts: [Timestamp]) {
            guard spans.count <= 4, cuts.count < 1 << 15 else { return nil }
            for (number, span) in spans.enumerated() {
                let low = cuts.firstPosition { $0 > span.start }
                var high = low
                while high < cuts.count, cuts[high] < span.end { high += 1 }
                // Whether a cut lies in the first window, or in the last one.
                let isFirst = low < high && cuts[low] < span.start + Window.baseNanoseconds
                let isLast = low < high && cuts[high - 1] >= span.end + -Window.baseNanoseconds
                var word = UInt64(low) << 17 | UInt64(high) << 2
                word |= (isFirst ? 2 : 0) | (isLast ? 1 : 0)
                // No span has no word: one more than what it is.
                word = (word + 1) << (number % 2 == 0 ? 0 : 32)
                if number < 2 { first |= word } else { second |= word }
            }
        }
    }

    /// A question, but for the time.
    struct Subject: Hashable {
        let endpoint: UInt64
        let cluster: UInt64
        let port: UInt16
        let transport: TransportProtocol
        let role: EndpointRole
    }

    private struct Key: Hashable {
        let subject: Subject
        let mark: Mark
    }

    private var answers: [Key: Int32] = [:]

    /// When what an endpoint is may change, by its id.
    var cuts: [UInt64: [Timestamp]] = [:]

    /// The party of an endpoint in some times, if it was asked for; less than 0 where it is not one thing all the time.
    func party(of subject: Subject, _ mark: Mark?) -> Int? {
        mark.flatMap { answers[Key(subject: subject, mark: $0)] }.map { Int($0) }
    }

    mutating func note(_ party: Int, of subject: Subject, _ mark: Mark?) {
        guard let mark else { return }
        answers[Key(subject: subject, mark: mark)] = Int32(truncatingIfNeeded: party)
    }
}

extension [Timestamp] {
    /// The position of the first that satisfies a condition, which all after it satisfy too.
    fileprivate func firstPosition(_ condition: (Timestamp) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if condition(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
