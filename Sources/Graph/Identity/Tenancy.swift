// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Who held an address, or an address and port, over time: holders take turns.
///
/// ```text
///        created A        A's end        created B
///            |---- life ----|-- grace --|......|---- life ---->
///            |<-------- owned by A ---->|      |<-- owned by B
/// ```
///
/// A holder owns from its creation until another one takes over, or until ten minutes after
/// its end: the calls that still go to a dead pod are the ones people look for.
package struct Tenancy: Sendable {
    /// How long after its end a holder keeps an address that nobody else took.
    package static let graceNanoseconds: Int64 = 600_000_000_000

    private static let nanosecondsPerSecond: Int64 = 1_000_000_000

    /// One holder's right to the address.
    package struct Claim: Hashable, Sendable {
        /// The position of the holder in a table of its kind.
        package let holder: Int
        package let start: Timestamp
        /// The end of the holder's life where one is known.
        package let end: Timestamp?
        /// Orders claims that start in the same second.
        package let tieBreak: String

        /// Rounds the start down to the second, which is all that Kubernetes tells.
        package init(holder: Int, createdAt: Timestamp?, endedAt: Timestamp?, tieBreak: String) {
            self.holder = holder
            self.start = createdAt.map(Self.roundedDownToSecond) ?? Timestamp(nanoseconds: .min)
            self.end = endedAt
            self.tieBreak = tieBreak
        }

        /// The part of it in a span of time, for what its holder had only then; `nil` if there is none.
        func limited(from start: Timestamp, to end: Timestamp) -> Claim? {
            if start.nanoseconds == .min, end.nanoseconds == .max { return self }
            let (from, to) = (max(self.start, start), min(self.end ?? end, end))
            guard from < to else { return nil }
            let isOpen = to.nanoseconds == .max
            return Claim(holder: holder, start: from, end: isOpen ? nil : to, tieBreak: tieBreak)
        }

        private init(holder: Int, start: Timestamp, end: Timestamp?, tieBreak: String) {
            (self.holder, self.start, self.end, self.tieBreak) = (holder, start, end, tieBreak)
        }

        private static func roundedDownToSecond(_ instant: Timestamp) -> Timestamp {
            let remainder = instant.nanoseconds % Tenancy.nanosecondsPerSecond
            let back = remainder < 0 ? remainder + Tenancy.nanosecondsPerSecond : remainder
            return instant + -back
        }
    }

    /// The answer to who held the address in a window.
    package struct Tenant: Equatable, Sendable {
        package let holder: Int
        /// Past its end, or not the only one in the window.
        package let isInferred: Bool
    }

    /// Sorted by start; of two claims that start together the later one holds.
    private let claims: [Claim]

    package init(_ claims: [Claim]) {
        guard claims.count > 1 else {
            self.claims = claims
            return
        }
        let last = Timestamp(nanoseconds: .max)
        let sorted = claims.sorted { left, right in
            if left.start != right.start { return left.start < right.start }
            if left.tieBreak != right.tieBreak { return left.tieBreak < right.tieBreak }
            if left.holder != right.holder { return left.holder < right.holder }
            return (left.end ?? last) < (right.end ?? last)
        }
        self.claims = zip(sorted.indices, sorted).filter { $0 == 0 || sorted[$0 - 1] != $1 }.map(\.1)
    }

    /// Everybody who ever held it, some more than once.
    var holders: [Int] { claims.map(\.holder) }

    /// When the answer can change: where a claim starts, where its life ends, and where its grace does.
    var cuts: [Timestamp] {
        claims.flatMap { claim in
            guard let end = claim.end else { return [claim.start] }
            return [claim.start, end, end + Self.graceNanoseconds]
        }
    }

    /// The holder that lived longest in a window; where nobody lived, the one whose grace
    /// covers most of it; the later one among equals.
    ///
    /// - Complexity: O(log n) in the number of claims, and O(k) in those that touch the window.
    package func tenant(in window: Window) -> Tenant? {
        var best: (claim: Claim, life: Int64, owned: Int64)?
        var candidates = 0
        var position = firstClaim(startingAt: window.end)
        while position > 0 {
            position -= 1
            let claim = claims[position]
            let until =
                position + 1 < claims.count ? claims[position + 1].start : Timestamp(nanoseconds: .max)
            let lifeEnd = min(claim.end ?? until, until)
            let ownedEnd = min(claim.end.map { $0 + Self.graceNanoseconds } ?? until, until)
            let owned = Self.overlap(claim.start, ownedEnd, window)
            if owned > 0 {
                candidates += 1
                let life = Self.overlap(claim.start, lifeEnd, window)
                if best.map({ (life, owned) > ($0.life, $0.owned) }) ?? true {
                    best = (claim, life, owned)
                }
            }
            if claim.start <= window.start { break }
        }
        guard let best else { return nil }
        return Tenant(holder: best.claim.holder, isInferred: candidates > 1 || best.life == 0)
    }

    /// The position of the first claim that starts at or after an instant.
    private func firstClaim(startingAt instant: Timestamp) -> Int {
        var low = 0
        var high = claims.count
        while low < high {
            let middle = low + (high - low) / 2
            if claims[middle].start < instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func overlap(_ start: Timestamp, _ end: Timestamp, _ window: Window) -> Int64 {
        max(0, min(end, window.end) - max(start, window.start))
    }
}
