// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Counts of durations in fixed log-linear buckets; merging is addition.
///
/// ```text
/// bucket   -1        0         1        ...      31       32      33      ...   1151      1152
///       < 1 µs  [1, 1+1/32) [1+1/32,..)      [..., 2)  [2, 2+1/16) ...        [..., 2^36)  >= 2^36 µs
/// ```
///
/// There are 32 buckets to an octave, so a bucket's midpoint is within 1.6 % of every value in
/// it. The layout is a format: the same in memory, in the store and in JSON. Buckets are kept
/// sparse and sorted. Count, sum, least and greatest are exact.
package struct Histogram: Equatable, Sendable {
    /// Buckets to an octave.
    package static let bucketsPerOctave = 32
    /// Octaves above one microsecond that have buckets of their own.
    package static let octaves = 36
    /// The bucket of everything below one microsecond.
    package static let underflow: Int16 = -1
    /// The bucket of everything from 2^36 microseconds up.
    package static let overflow = Int16(octaves * bucketsPerOctave)

    // Made a hundred times for each edge of a graph: no call for each.
    /// One bucket that is not empty.
    @usableFromInline
    package struct Bucket: Equatable, Sendable, BitwiseCopyable {
        /// From `underflow` to `overflow`.
        package let index: Int16
        package var count: UInt64

        @inlinable
        package init(index: Int16, count: UInt64) {
            self.index = index
            self.count = count
        }
    }

    /// The buckets that are not empty, in order, where they are its own.
    package private(set) var own: [Bucket] = []
    /// Where they lie instead.
    private var place: Place?
    package private(set) var count: UInt64 = 0
    private var sum: UInt64 = 0
    private var least: UInt64 = 0
    private var greatest: UInt64 = 0

    /// Where buckets lie that are not a histogram's own.
    private enum Place: Sendable {
        /// Beside those of others.
        case shared(HistogramBuckets.Run)
        /// Somewhere they have not been read from yet, and with them all but the count.
        case deferred(any HistogramSource, position: Int32)
    }

    package init() {}

    package var isEmpty: Bool { count == 0 }

    /// The sum of all values in nanoseconds, saturating.
    package var sumNanoseconds: UInt64 { place == nil ? sum : digest?.sumNanoseconds ?? sum }

    /// The least value in nanoseconds; 0 while empty.
    package var minNanoseconds: UInt64 { place == nil ? least : digest?.minNanoseconds ?? least }

    /// The greatest value in nanoseconds; 0 while empty.
    package var maxNanoseconds: UInt64 { place == nil ? greatest : digest?.maxNanoseconds ?? greatest }

    /// Whether the buckets are somewhere else than in `own`.
    package var isElsewhere: Bool { place != nil }

    /// Restores a histogram from its stored parts, which may be damaged.
    ///
    /// It is `nil` if the buckets are out of order, out of range or empty, if their counts do not
    /// fit, if the least value is above the greatest, or if nothing has a sum or a greatest value.
    ///
    /// - Parameters:
    ///   - buckets: In order, none of them empty.
    ///   - sumNanoseconds: The sum of all values.
    ///   - minNanoseconds: The least value.
    ///   - maxNanoseconds: The greatest value.
    package init?(buckets: [Bucket], sumNanoseconds: UInt64, minNanoseconds: UInt64, maxNanoseconds: UInt64) {
        var total: UInt64 = 0
        var previous = Self.underflow - 1
        for bucket in buckets {
            let (sum, overflow) = total.addingReportingOverflow(bucket.count)
            guard bucket.index > previous, bucket.index <= Self.overflow, bucket.count > 0, !overflow
            else { return nil }
            total = sum
            previous = bucket.index
        }
        guard minNanoseconds <= maxNanoseconds else { return nil }
        guard total > 0 || (sumNanoseconds == 0 && maxNanoseconds == 0) else { return nil }
        self.own = buckets
        self.count = total
        self.sum = sumNanoseconds
        self.least = minNanoseconds
        self.greatest = maxNanoseconds
    }

    /// A histogram whose buckets lie beside those of others; who gathered them vouches for them.
    ///
    /// - Parameters:
    ///   - shared: In order, none of them empty.
    ///   - count: What they add up to.
    ///   - sumNanoseconds: The sum of all values.
    ///   - minNanoseconds: The least value.
    ///   - maxNanoseconds: The greatest value.
    package init(
        shared: HistogramBuckets.Run,
        count: UInt64,
        sumNanoseconds: UInt64,
        minNanoseconds: UInt64,
        maxNanoseconds: UInt64
    ) {
        guard count > 0 else { return }
        self.place = .shared(shared)
        self.count = count
        self.sum = sumNanoseconds
        self.least = minNanoseconds
        self.greatest = maxNanoseconds
    }

    /// A histogram of which no more was read yet than how many durations it has.
    ///
    /// - Parameters:
    ///   - source: Reads it.
    ///   - position: Where it is in the source.
    ///   - count: How many durations it has.
    package init(deferred source: any HistogramSource, position: Int, count: UInt64) {
        guard count > 0 else { return }
        self.place = .deferred(source, position: Int32(clamping: position))
        self.count = count
    }

    /// The buckets that are not empty, in order.
    package var buckets: [Bucket] {
        switch place {
        case nil: own
        case .shared(let run): run.buckets
        case .deferred(let source, let position): source.histogram(at: Int(position)).buckets
        }
    }

    /// Walks over the buckets in order until a body has had enough.
    func forEachBucket(while body: (Bucket) -> Bool) {
        guard case .shared(let shared) = place else {
            for bucket in buckets where !body(bucket) { return }
            return
        }
        for place in 0..<shared.count where !body(shared[place]) { return }
    }

    /// Where it can be read from, if it has not been.
    var deferred: (source: any HistogramSource, position: Int)? {
        guard case .deferred(let source, let position) = place else { return nil }
        return (source, Int(position))
    }

    private var digest: HistogramDigest? { deferred.flatMap { $0.source.digest(at: $0.position) } }

    /// The same with all that belongs to it at hand: ask this one, whoever wants its buckets and more.
    package var resolved: Histogram { deferred.map { $0.source.histogram(at: $0.position) } ?? self }

    package static func == (left: Self, right: Self) -> Bool {
        guard left.count == right.count else { return false }
        if !left.isElsewhere, !right.isElsewhere {
            // Mostly they are their own: no list has to be handed over.
            return left.sum == right.sum && left.least == right.least && left.greatest == right.greatest
                && left.own == right.own
        }
        let (mine, theirs) = (left.resolved, right.resolved)
        return mine.sum == theirs.sum && mine.least == theirs.least && mine.greatest == theirs.greatest
            && mine.buckets == theirs.buckets
    }

    /// Takes over the buckets from where they lie, to change them.
    private mutating func settle() {
        switch place {
        case nil: return
        case .shared(let shared):
            own = shared.buckets
            place = nil
        case .deferred:
            self = resolved
            // What was read may lie beside others.
            settle()
        }
    }

    /// Counts one duration.
    ///
    /// A negative one, which a clock that stepped back may yield, counts as 0.
    ///
    /// - Complexity: O(log b) in the number of used buckets, O(b) when it opens a new one.
    package mutating func record(nanoseconds: Int64) {
        if place != nil { settle() }
        let value = UInt64(max(0, nanoseconds))
        let index = Self.bucket(of: value)
        let position = position(of: index)
        if position < own.count, own[position].index == index {
            own[position].count.addSaturated(1)
        } else {
            own.insert(Bucket(index: index, count: 1), at: position)
        }
        least = count == 0 ? value : min(least, value)
        greatest = max(greatest, value)
        count.addSaturated(1)
        sum.addSaturated(value)
    }

    /// Changes the buckets, which stay in order and not empty; `note` tells what was counted.
    mutating func changeBuckets(_ body: (inout [Bucket]) -> Void) {
        settle()
        body(&own)
    }

    /// Notes durations whose buckets were counted.
    mutating func note(_ number: Int, sum: UInt64, least: UInt64, greatest: UInt64) {
        self.least = count == 0 ? least : min(self.least, least)
        self.greatest = max(self.greatest, greatest)
        count.addSaturated(UInt64(number))
        self.sum.addSaturated(sum)
    }

    /// Adds every count of another histogram.
    package mutating func merge(_ other: Histogram) {
        guard !other.isEmpty else { return }
        guard !isEmpty else {
            self = other
            return
        }
        settle()
        let other = other.resolved
        let others = other.buckets
        var merged: [Bucket] = []
        merged.reserveCapacity(own.count + others.count)
        var left = 0
        var right = 0
        while left < own.count, right < others.count {
            let (mine, theirs) = (own[left], others[right])
            if mine.index == theirs.index {
                merged.append(Bucket(index: mine.index, count: mine.count.addingSaturated(theirs.count)))
                left += 1
                right += 1
            } else if mine.index < theirs.index {
                merged.append(mine)
                left += 1
            } else {
                merged.append(theirs)
                right += 1
            }
        }
        merged += own[left...]
        merged += others[right...]
        own = merged
        count = count.addingSaturated(other.count)
        sum.addSaturated(other.sum)
        least = min(least, other.least)
        greatest = max(greatest, other.greatest)
    }

    /// The bucket of a duration: with e = floor(log2(v / 1 µs)), 32 e + floor(32 (v / 2^e µs - 1)).
    package static func bucket(of nanoseconds: UInt64) -> Int16 {
        let microseconds = nanoseconds / 1_000
        guard microseconds > 0 else { return underflow }
        let octave = UInt64(63 - microseconds.leadingZeroBitCount)
        guard octave < octaves else { return overflow }
        // In nanoseconds throughout: the division above would round the linear part.
        // Nothing of it can overflow: the value is below 2^36 microseconds. The divisor is the base in
        // two steps, the second of which is known: a multiplication.
        let base = UInt64(1_000) &<< octave
        let linear = (((nanoseconds &- base) &* UInt64(bucketsPerOctave)) &>> octave) / 1_000
        return Int16(truncatingIfNeeded: octave &* UInt64(bucketsPerOctave) &+ linear)
    }

    private func position(of index: Int16) -> Int {
        var low = 0
        var high = own.count
        while low < high {
            let middle = (low &+ high) &>> 1
            if own[middle].index < index { low = middle &+ 1 } else { high = middle }
        }
        return low
    }
}

extension UInt64 {
    /// The sum, or the greatest value where it would not fit.
    @inlinable
    public func addingSaturated(_ other: UInt64) -> UInt64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }

    /// Adds, keeping to the greatest value where the sum would not fit: counts come out of
    /// stores and reports, which may be damaged.
    @inlinable
    public mutating func addSaturated(_ other: UInt64) {
        self = addingSaturated(other)
    }
}
