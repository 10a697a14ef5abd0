// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Histograms that grow as columns are added to them: buckets side by side, an octave at a time.
///
/// ```text
/// histogram ─→ 37 octaves ─→ 32 buckets each, where anything fell into the octave
///          └─→ sum, min, max
/// ```
///
/// Buckets have 32 bits, which memory is mostly made of; what is above lies apart.
struct HistogramSums: ~Copyable {
    /// Octaves of bucket indices above -1: the last has two buckets.
    private static let octaves = 37

    /// Where the buckets of each octave of each histogram begin in `buckets`, in units of 32; 0 for
    /// nowhere.
    private var places = Numbers<UInt32>()
    private var buckets: Numbers<UInt32>
    /// By position in `buckets`: how often 2^32 was passed.
    private var carries: [Int: UInt64] = [:]
    /// Sum, least and greatest of each.
    private var figures = Words()
    private(set) var count = 0

    /// - Parameter room: Buckets to make room for.
    init(room: Int = 0) {
        buckets = Numbers<UInt32>(32, room: room)
    }

    /// Begins an empty histogram.
    mutating func make() -> Int {
        places.grow(by: Self.octaves)
        figures.grow(by: 3)
        figures[count &* 3 &+ 1] = .max
        count &+= 1
        return count &- 1
    }

    /// Adds one histogram of a column that is not empty.
    @inline(__always)
    mutating func add(_ position: Int, of column: DecodedHistograms, to histogram: Int) {
        for place in column.range(position) {
            let bucket = column.buckets[place]
            add(bucket.count, bucket: Int(bucket.index) &+ 1, of: histogram)
        }
        add(
            sum: column.sums[position],
            minimum: column.minima[position],
            maximum: column.maxima[position],
            to: histogram
        )
    }

    /// Adds to a bucket.
    ///
    /// - Parameters:
    ///   - value: How many.
    ///   - index: The bucket's index plus 1, at most that of the last.
    ///   - histogram: Which.
    @inline(__always)
    mutating func add(_ value: UInt64, bucket index: Int, of histogram: Int) {
        let octave = histogram &* Self.octaves &+ index &>> 5
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

    /// Adds the figures of a histogram that is not empty.
    @inline(__always)
    mutating func add(sum: UInt64, minimum: UInt64, maximum: UInt64, to histogram: Int) {
        let place = histogram &* 3
        figures.add(sum, at: place)
        if minimum < figures[place &+ 1] { figures[place &+ 1] = minimum }
        if maximum > figures[place &+ 2] { figures[place &+ 2] = maximum }
    }

    /// One of them by value.
    func histogram(_ histogram: Int) -> Histogram {
        var number = 0
        for octave in 0..<Self.octaves {
            let place = Int(places[histogram &* Self.octaves &+ octave]) &<< 5
            guard place > 0 else { continue }
            for bucket in place..<place &+ 32 where buckets[bucket] > 0 { number &+= 1 }
        }
        var used: [Histogram.Bucket] = []
        used.reserveCapacity(number + (carries.isEmpty ? 0 : 1_154))
        for octave in 0..<Self.octaves {
            let place = Int(places[histogram &* Self.octaves &+ octave]) &<< 5
            guard place > 0 else { continue }
            for bucket in 0..<32 {
                var count = UInt64(buckets[place &+ bucket])
                if !carries.isEmpty, let high = carries[place &+ bucket] {
                    count = high > UInt64(UInt32.max) ? .max : count | high &<< 32
                }
                guard count > 0 else { continue }
                let index = Int16(truncatingIfNeeded: octave &* 32 &+ bucket &- 1)
                used.append(Histogram.Bucket(index: index, count: count))
            }
        }
        guard !used.isEmpty else { return Histogram() }
        return Self.histogram(
            used,
            figures[histogram &* 3],
            figures[histogram &* 3 &+ 1],
            figures[histogram &* 3 &+ 2]
        )
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
