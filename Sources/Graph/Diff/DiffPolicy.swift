// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// From where on a difference between two ranges is one.
///
/// A difference counts where it is both large enough to matter and too large for chance. One that
/// is large enough but may be chance is uncertain, and leaves what it is of the same.
package struct DiffPolicy: Equatable, Sendable {
    /// How many standard errors a difference of rates must have: 1 in 370 is chance.
    package var standardErrors = 3.0
    /// How much a rate of failures must differ.
    package var errorRateDifference = 0.01
    /// How many times as long, or as short, the 95th percentile of latency must be.
    package var latencyRatio = 1.5
    /// How much it must differ, in nanoseconds.
    package var latencyDifference: UInt64 = 1_000_000
    /// How many times each side must have been measured, for a 95th percentile to mean something.
    package var minimumLatencies: UInt64 = 40
    /// How many times as many requests a second there must be, or as few.
    package var rateRatio = 2.0
    /// How often an edge would have been expected on the side that has it not, for that to be no chance.
    package var minimumExpected = 3.0

    package init() {}

    /// What became of something that is on both sides.
    ///
    /// - Parameters:
    ///   - base: The figures before.
    ///   - current: The figures after.
    /// - Returns: The first that applies: failures, latency, rate.
    package func judge(_ base: some Measured, _ current: some Measured) -> Judgement {
        var isUncertain = false
        for judgement in [failures(base, current), latency(base, current), rate(base, current)] {
            if judgement.change != .same { return judgement }
            isUncertain = isUncertain || judgement.isUncertain
        }
        return Judgement(.same, isUncertain: isUncertain)
    }

    /// Whether something is on one side only by chance: it is so rare that it may have been missed.
    ///
    /// - Parameters:
    ///   - figures: What was measured on the side that has it.
    ///   - seconds: What was watched of the other side.
    /// - Returns: Whether few enough of it were to be expected there.
    package func isChance(_ figures: some Measured, missingFor seconds: Double) -> Bool {
        guard figures.observedSeconds > 0 else { return true }
        let events = max(figures.requests, figures.metrics.connections.attempted, 1)
        return Double(events) / figures.observedSeconds * seconds < minimumExpected
    }

    // MARK: - Parts

    private func failures(_ base: some Measured, _ current: some Measured) -> Judgement {
        let parts = [
            compare(
                (base.outcomes.failed, base.requests),
                (current.outcomes.failed, current.requests)
            ),
            compare(
                (base.metrics.connections.failed, base.metrics.connections.attempted),
                (current.metrics.connections.failed, current.metrics.connections.attempted)
            ),
            compare(
                (base.metrics.tlsHandshakes.failures, base.metrics.tlsHandshakes.attempted),
                (current.metrics.tlsHandshakes.failures, current.metrics.tlsHandshakes.attempted)
            ),
        ]
        // What fails now matters more than what has recovered meanwhile.
        for change in [Change.failing, .recovered] where parts.contains(where: { $0.change == change }) {
            return Judgement(change)
        }
        return Judgement(.same, isUncertain: parts.contains { $0.isUncertain })
    }

    private func compare(
        _ base: (failed: UInt64, all: UInt64),
        _ current: (failed: UInt64, all: UInt64)
    ) -> Judgement {
        guard base.all > 0, current.all > 0 else { return Judgement(.same) }
        let (before, after) = (Double(base.all), Double(current.all))
        let difference = Double(current.failed) / after - Double(base.failed) / before
        guard difference.magnitude >= errorRateDifference else { return Judgement(.same) }
        // The test of two proportions, with the share of both sides together.
        let share = min(1, (Double(base.failed) + Double(current.failed)) / (before + after))
        let error = (share * (1 - share) * (1 / before + 1 / after)).squareRoot()
        guard difference.magnitude > standardErrors * error else {
            return Judgement(.same, isUncertain: true)
        }
        return Judgement(difference > 0 ? .failing : .recovered)
    }

    private func latency(_ base: some Measured, _ current: some Measured) -> Judgement {
        let (mine, theirs) = (base.latency, current.latency)
        guard let before = mine.quantileNanoseconds(0.95), let after = theirs.quantileNanoseconds(0.95)
        else { return Judgement(.same) }
        let (less, more) = (min(before, after), max(before, after))
        guard more - less >= latencyDifference, Double(more) >= latencyRatio * Double(less) else {
            return Judgement(.same)
        }
        guard min(mine.count, theirs.count) >= minimumLatencies else {
            return Judgement(.same, isUncertain: true)
        }
        return Judgement(after > before ? .slower : .faster)
    }

    private func rate(_ base: some Measured, _ current: some Measured) -> Judgement {
        guard let before = base.rate, let after = current.rate else { return Judgement(.same) }
        let (less, more) = (min(before, after), max(before, after))
        guard more > 0, more >= rateRatio * less else { return Judgement(.same) }
        // Counts of a Poisson process vary by themselves.
        let variance =
            Double(base.requests) / (base.observedSeconds * base.observedSeconds)
            + Double(current.requests) / (current.observedSeconds * current.observedSeconds)
        guard more - less > standardErrors * variance.squareRoot() else {
            return Judgement(.same, isUncertain: true)
        }
        return Judgement(after > before ? .more : .less)
    }
}
