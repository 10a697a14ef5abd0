// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Histograms that grow as columns are added to them.
///
/// ```text
/// the first of each     its buckets as they came, one after the other ─────────────────────┐
/// from the second on    37 octaves ─→ 32 buckets each, where anything fell into the octave ─┴→ finish()
/// ```
///
/// Of a range that few windows tile, most edges have one row. Buckets have 32 bits, which memory is mostly
/// made of; what is above lies apart.
struct HistogramSums: ~Copyable, Sendable {
    /// Octaves of bucket indices above -1: the last has two buckets.
    private static let octaves = 37
    /// Figures of each: sum, least, greatest, how many durations, where its first buckets end, and how many they
    /// are.
    private static let figures = 6

    private var figures = Words()
    /// By histogram: where its octaves begin in `places`, in units of 37, plus 1.
    private var spread = Numbers<UInt32>()
    /// The first buckets of each: indices plus 1, and what they hold.
    private var indices: [UInt16] = []
    private var counts: [UInt32] = []
    /// Where the buckets of each octave begin in `buckets`, in units of 32; 0 for nowhere.
    private var places = Numbers<UInt32>()
    private var buckets = Numbers<UInt32>(32)
    /// By position in `buckets`: how often 2^32 was passed.
    private var carries: [Int: UInt64] = [:]
    /// Those with a bucket that has no room, once all is finished.
    private var wide: [Int: Histogram] = [:]
    private(set) var count = 0

    /// - Parameter room: Buckets to make room for.
    init(room: Int = 0) {
        indices.reserveCapacity(room)
        counts.reserveCapacity(room)
    }

    /// Begins an empty histogram.
    mutating func make() -> Int {
        spread.grow(by: 1)
        figures.grow(by: Self.figures)
        figures[count &* Self.figures &+ 1] = .max
        count &+= 1
        return count &- 1
    }

    /// Adds one histogram of a column that is not empty.
    mutating func add(_ position: Int, of column: borrowing HistogramRuns, to histogram: Int) {
        let range = column.range(position)
        let place = histogram &* Self.figures
        if spread[histogram] == 0, figures[place &+ 5] == 0, column.wide.isEmpty {
            // Copied while they are lent.
            unsafe column.indices.withNumbers(range) { unsafe indices.append(contentsOf: $0) }
            unsafe column.held.withNumbers(range) { unsafe counts.append(contentsOf: $0) }
            figures[place &+ 4] = UInt64(truncatingIfNeeded: counts.count)
            figures[place &+ 5] = UInt64(truncatingIfNeeded: range.count)
        } else {
            if spread[histogram] == 0 { spreadOut(histogram) }
            let octaves = (Int(spread[histogram]) &- 1) &* Self.octaves
            for bucket in range {
                add(column.held(at: bucket), bucket: Int(column.indices[bucket]), octaves: octaves)
            }
        }
        figures.add(column.sums[position], at: place)
        if column.minima[position] < figures[place &+ 1] { figures[place &+ 1] = column.minima[position] }
        if column.maxima[position] > figures[place &+ 2] { figures[place &+ 2] = column.maxima[position] }
        figures.add(column.counts[position], at: place &+ 3)
    }

    /// Gives a histogram octaves, and puts its first buckets into them.
    private mutating func spreadOut(_ histogram: Int) {
        let octaves = places.count
        places.grow(by: Self.octaves)
        spread[histogram] = UInt32(truncatingIfNeeded: octaves / Self.octaves &+ 1)
        for bucket in first(of: histogram) {
            add(UInt64(counts[bucket]), bucket: Int(indices[bucket]), octaves: octaves)
        }
    }

    /// Where the buckets lie that a histogram has as they came.
    private func first(of histogram: Int) -> Range<Int> {
        let end = Int(truncatingIfNeeded: figures[histogram &* Self.figures &+ 4])
        return end &- Int(truncatingIfNeeded: figures[histogram &* Self.figures &+ 5])..<end
    }

    /// Adds to a bucket, by its index plus 1.
    @inline(__always)
    private mutating func add(_ value: UInt64, bucket index: Int, octaves: Int) {
        let octave = octaves &+ index &>> 5
        var place = places[octave]
        if place == 0 {
            place = UInt32(truncatingIfNeeded: buckets.count &>> 5)
            buckets.grow(by: 32)
            places[octave] = place
        }
        let position = Int(place) &<< 5 &+ index & 31
        let (sum, overflow) = UInt64(buckets[position]).addingReportingOverflow(value)
        buckets[position] = UInt32(truncatingIfNeeded: sum)
        if sum > UInt64(UInt32.max) || overflow { carry(sum &>> 32, overflow, at: position) }
    }

    private mutating func carry(_ high: UInt64, _ overflow: Bool, at position: Int) {
        // 2^64 is 2^32 times 2^32.
        carries[position, default: 0].addSaturated(high + (overflow ? 1 << 32 : 0))
    }

    /// How many durations one of them has.
    func durations(_ histogram: Int) -> UInt64 { figures[histogram &* Self.figures &+ 3] }

    /// What is mostly asked of one of them, told from where its buckets lie before `finish`.
    func digest(_ histogram: Int) -> HistogramDigest {
        guard spread[histogram] > 0 else {
            return digest(histogram, first(of: histogram)) { bucket in
                let index = Int16(truncatingIfNeeded: indices[bucket]) &- 1
                return Histogram.Bucket(index: index, count: UInt64(counts[bucket]))
            }
        }
        let octaves = (Int(spread[histogram]) &- 1) &* Self.octaves
        guard carries.isEmpty else { return HistogramDigest(wideHistogram(histogram, octaves)) }
        return digest(histogram, 0..<Self.octaves * 32) { bucket in
            let place = Int(places[octaves &+ bucket &>> 5]) &<< 5
            let held = place > 0 ? UInt64(buckets[place &+ bucket & 31]) : 0
            return Histogram.Bucket(index: Int16(truncatingIfNeeded: bucket &- 1), count: held)
        }
    }

    private func digest(
        _ histogram: Int,
        _ places: Range<Int>,
        bucket: (Int) -> Histogram.Bucket
    ) -> HistogramDigest {
        let place = histogram &* Self.figures
        return HistogramDigest(
            ofBuckets: places,
            count: figures[place &+ 3],
            sumNanoseconds: figures[place],
            minNanoseconds: figures[place &+ 1],
            maxNanoseconds: figures[place &+ 2],
            bucket: bucket
        )
    }

    // MARK: - Values

    /// Ends adding, and gives up the buckets for the values of all.
    mutating func finish() -> HistogramBuckets {
        for histogram in 0..<count where spread[histogram] > 0 { gather(histogram) }
        let all = HistogramBuckets(indices: indices, counts: counts)
        (indices, counts) = ([], [])
        places = Numbers()
        buckets = Numbers(32)
        return all
    }

    /// Puts the octaves of a histogram behind the buckets of others.
    private mutating func gather(_ histogram: Int) {
        let octaves = (Int(spread[histogram]) &- 1) &* Self.octaves
        let start = counts.count
        var isWide = false
        for octave in 0..<Self.octaves {
            let place = Int(places[octaves &+ octave]) &<< 5
            guard place > 0 else { continue }
            for bucket in 0..<32 {
                let held = buckets[place &+ bucket]
                if !carries.isEmpty, carries[place &+ bucket] != nil { isWide = true }
                guard held > 0 else { continue }
                indices.append(UInt16(truncatingIfNeeded: octave &* 32 &+ bucket))
                counts.append(held)
            }
        }
        let place = histogram &* Self.figures
        if isWide { wide[histogram] = wideHistogram(histogram, octaves) }
        figures[place &+ 4] = UInt64(truncatingIfNeeded: counts.count)
        figures[place &+ 5] = UInt64(truncatingIfNeeded: counts.count - start)
    }

    /// One of them by value.
    ///
    /// - Parameters:
    ///   - histogram: Which.
    ///   - all: What `finish` gave.
    /// - Returns: The histogram.
    func histogram(_ histogram: Int, in all: HistogramBuckets) -> Histogram {
        if !wide.isEmpty, let value = wide[histogram] { return value }
        let place = histogram &* Self.figures
        return Histogram(
            shared: HistogramBuckets.Run(first(of: histogram), of: all),
            count: figures[place &+ 3],
            sumNanoseconds: figures[place],
            minNanoseconds: figures[place &+ 1],
            maxNanoseconds: figures[place &+ 2]
        )
    }

    private func wideHistogram(_ histogram: Int, _ octaves: Int) -> Histogram {
        var used: [Histogram.Bucket] = []
        for octave in 0..<Self.octaves {
            let place = Int(places[octaves &+ octave]) &<< 5
            guard place > 0 else { continue }
            for bucket in 0..<32 {
                var count = UInt64(buckets[place &+ bucket])
                if let high = carries[place &+ bucket] {
                    count = high > UInt64(UInt32.max) ? .max : count | high &<< 32
                }
                guard count > 0 else { continue }
                let index = Int16(truncatingIfNeeded: octave &* 32 &+ bucket &- 1)
                used.append(Histogram.Bucket(index: index, count: count))
            }
        }
        let place = histogram &* Self.figures
        return Self.histogram(used, figures[place], figures[place &+ 1], figures[place &+ 2])
    }

    private static func histogram(
        _ used: [Histogram.Bucket],
        _ sum: UInt64,
        _ least: UInt64,
        _ greatest: UInt64
    ) -> Histogram {
        if let whole = Histogram(
            buckets: used,
            sumNanoseconds: sum,
            minNanoseconds: least,
            maxNanoseconds: greatest
        ) {
            return whole
        }
        // The counts do not fit a word: merging saturates, as it does by value.
        var merged = Histogram()
        for (position, bucket) in used.enumerated() {
            let part = Histogram(
                buckets: [bucket],
                sumNanoseconds: position == 0 ? sum : 0,
                minNanoseconds: least,
                maxNanoseconds: greatest
            )
            if let part { merged.merge(part) }
        }
        return merged
    }
}
