// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// How long windows are kept, and how large the store may become; by default everything is kept.
package struct RetentionPolicy: Equatable, Sendable {
    /// By length of windows, how old they may become, in nanoseconds before the end of the newest
    /// one; those of other lengths are kept for ever.
    package var ages: [Resolution: Int64] = [:]
    /// Bytes of the file above which the finest and oldest windows go.
    package var maximumBytes: Int64?

    package init() {}

    package var keepsEverything: Bool { ages.isEmpty && maximumBytes == nil }
}

/// Up to where windows of each length were pruned, or are to be.
///
/// Finer windows go before the coarser ones that they make, and a cut lies between two windows of the
/// next coarser length. So a report that comes late into a window that is kept finds everything
/// that the coarser windows around it are made of.
struct RetentionCuts: Equatable {
    private(set) var cuts: [Resolution: Timestamp] = [:]

    /// The start of the first window that is kept; `nil` where none was pruned.
    subscript(resolution: Resolution) -> Timestamp? { cuts[resolution] }

    init() {}

    /// Cuts as they were recorded.
    init(_ cuts: [Resolution: Timestamp]) {
        self.cuts = cuts
    }

    /// Where a policy cuts.
    ///
    /// - Parameters:
    ///   - ages: The policy.
    ///   - end: The end of the newest base window.
    ///   - recorded: What was cut before, which stays so.
    ///   - dirty: By length, the start of the first window that has not been rolled up.
    init(
        ages: [Resolution: Int64],
        end: Timestamp,
        recorded: RetentionCuts,
        dirty: [Resolution: Timestamp]
    ) {
        // What the coarsest windows do not keep, nothing keeps, rolled up or not.
        let final = ages[.coarsest].flatMap { Self.cut(.coarsest, at: end + -$0, end: end) }
        var finer: Timestamp?
        for resolution in Resolution.allCases {
            // A finer window is not kept for longer than a coarser one.
            let age = ages.filter { $0.key >= resolution }.values.min()
            var cut = age.flatMap { Self.cut(resolution, at: end + -$0, end: end) }
            if let coarser = resolution.coarser, let first = dirty[coarser] {
                cut = cut.map { min($0, first) }
            }
            if resolution != .tenSeconds {
                cut = cut.flatMap { cut in
                    finer.flatMap { Self.cut(resolution, at: min(cut, $0), end: end) }
                }
            }
            if let final { cut = max(cut ?? final, final) }
            if let before = recorded[resolution] { cut = max(cut ?? before, before) }
            cuts[resolution] = cut
            finer = cut
        }
    }

    /// Moves a cut, which only ever goes forward.
    mutating func move(_ resolution: Resolution, to cut: Timestamp) {
        cuts[resolution] = max(cuts[resolution] ?? cut, cut)
    }

    mutating func remove(_ resolution: Resolution) { cuts[resolution] = nil }

    /// The last cut at or before an instant that leaves the newest windows alone.
    static func cut(_ resolution: Resolution, at instant: Timestamp, end: Timestamp) -> Timestamp? {
        let coarser = resolution.coarser ?? resolution
        return coarser.wholeWindow(containing: min(instant, end + -1))?.start
    }
}
