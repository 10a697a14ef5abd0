// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Decodes what stands behind the counts of a histogram column; see `HistogramColumn`.
struct HistogramColumnReader {
    private let counts: [UInt64]
    private let model: DecodedHistograms?
    private var header = HistogramColumn.Header()
    private var odd: [(place: Int, histogram: Histogram)] = []
    private var bits: BitReader
    private let offset: Int
    private let table: BucketTable
    private var result: DecodedHistograms

    /// Reads the header; nothing is left of the section.
    init(counts: [UInt64], model: DecodedHistograms?, from section: inout ByteCursor) throws(BlockError) {
        offset = section.position
        self.counts = counts
        self.model = model
        var places: [Int] = []
        for _ in 0..<(try section.count()) {
            let step = try section.varint()
            let place = (places.last ?? 0)
            guard step < UInt64(counts.count - place), step > 0 || places.isEmpty else {
                throw .malformed(offset: offset)
            }
            places.append(place + Int(step))
        }
        if !places.isEmpty {
            let histograms = try SparseHistogramColumn.read(places.count, from: &section)
            for (place, histogram) in zip(places, histograms) {
                guard counts[place] > 0, histogram.count == counts[place] else {
                    throw .malformed(offset: offset)
                }
                odd.append((place, histogram))
            }
        }
        let unit = try section.byte()
        let base = try section.varint()
        guard unit <= 1, base <= UInt64(Histogram.overflow) else { throw .malformed(offset: offset) }
        header.base = Int(base)
        header.bits = Int(try section.byte())
        header.spread = Int(try section.byte())
        if model != nil {
            header.firstLikeness = Int(try section.byte())
            header.lastLikeness = Int(try section.byte())
        }
        guard max(header.bits, header.spread, header.firstLikeness, header.lastLikeness) <= 16 else {
            throw .malformed(offset: offset)
        }
        table = unit == 1 ? BucketTable.microseconds : BucketTable.nanoseconds
        result = DecodedHistograms(capacity: counts.count)
        bits = BitReader(&section)
    }

    /// The whole column.
    mutating func decoded() throws(BlockError) -> DecodedHistograms {
        var nextOdd = 0
        for index in counts.indices {
            if counts[index] == 0 {
                result.finish(count: 0, sum: 0, least: 0, greatest: 0)
            } else if nextOdd < odd.count, odd[nextOdd].place == index {
                result.append(odd[nextOdd].histogram)
                nextOdd += 1
            } else {
                try readOne(index)
            }
        }
        try bits.finish()
        return result
    }

    private mutating func readOne(_ index: Int) throws(BlockError) {
        let count = counts[index]
        var alike: (low: Int, high: Int)?
        if let model, model.counts[index] > 0 {
            if model.counts[index] == count, try bits.bits(1) == 1 { return result.append(index, of: model) }
            let range = model.range(index)
            alike = (
                Int(model.buckets[range.lowerBound].index), Int(model.buckets[range.upperBound - 1].index)
            )
        }
        let low =
            if let alike {
                alike.low &+ Int(truncatingIfNeeded: try bits.rice(header.firstLikeness).unzigzag)
            } else {
                header.base - 1 + Int(truncatingIfNeeded: try bits.bits(header.bits))
            }
        let first = try bucket(low)
        let least = table.least(first) &+ (try bits.bits((table.width(first) &- 1).bitLength))
        guard count > 1 else {
            let value = least &* table.unit
            result.append(bucket: low, count: 1)
            return result.finish(count: 1, sum: value, least: value, greatest: value)
        }
        let high =
            if let alike {
                alike.high &+ Int(truncatingIfNeeded: try bits.rice(header.lastLikeness).unzigzag)
            } else {
                low &+ Int(truncatingIfNeeded: try bits.rice(header.spread))
            }
        let last = try bucket(high)
        guard low <= high else { throw .malformed(offset: offset) }
        let greatest: UInt64
        if low == high {
            greatest = least &+ (try bits.bits(table.room(first, above: least).bitLength))
        } else {
            greatest = table.least(last) &+ (try bits.bits((table.width(last) &- 1).bitLength))
        }
        guard least <= greatest else { throw .malformed(offset: offset) }
        let start = result.buckets.count
        if low == high {
            result.append(bucket: low, count: count)
        } else if count == 2 {
            result.append(bucket: low, count: 1)
            result.append(bucket: high, count: 1)
        } else {
            try readBetween(count &- 2, low, high)
        }
        var sum = least &+ greatest
        if count > 2 {
            var width: UInt64 = 0
            for place in start..<result.buckets.count {
                let bucket = result.buckets[place]
                let held = bucket.count &- (bucket.index == first ? 1 : 0) &- (bucket.index == last ? 1 : 0)
                sum &+= table.middle(bucket.index) &* held
                width &+= table.width(bucket.index) &* held
            }
            let parameter = HistogramCode.sumParameter(durations: count &- 2, width: width)
            sum &+= try bits.rice(parameter).unzigzag
        }
        result.finish(
            count: count,
            sum: sum &* table.unit,
            least: least &* table.unit,
            greatest: greatest &* table.unit
        )
    }

    private func bucket(_ index: Int) throws(BlockError) -> Int16 {
        guard index >= Int(Histogram.underflow), index < Int(Histogram.overflow) else {
            throw .malformed(offset: offset)
        }
        return Int16(truncatingIfNeeded: index)
    }

    /// Undoes `HistogramWriter.appendBetween`, and puts back the least and the greatest.
    private mutating func readBetween(_ count: UInt64, _ low: Int, _ high: Int) throws(BlockError) {
        let span = high - low + 1
        guard count >= UInt64(span) else { return try readGaps(Int(count), low, high) }
        var left = count
        var (previous, beforeThat): (UInt64, UInt64) = (0, 0)
        for place in low..<high {
            let ends: UInt64 = place == low ? 1 : 0
            guard left > 0 else {
                if ends > 0 { result.append(bucket: place, count: ends) }
                break
            }
            let guess = HistogramCode.guess(previous, beforeThat)
            let code = try bits.rice(HistogramCode.countParameter(guess: guess))
            let held = HistogramCode.unfolded(code, guess: guess)
            guard held <= left else { throw .malformed(offset: offset) }
            if held &+ ends > 0 { result.append(bucket: place, count: held &+ ends) }
            left &-= held
            (previous, beforeThat) = (held, previous)
        }
        result.append(bucket: high, count: left &+ 1)
    }

    private mutating func readGaps(_ count: Int, _ low: Int, _ high: Int) throws(BlockError) {
        var place = low
        var held: UInt64 = 1
        var durations = count
        while durations > 0, place < high {
            let parameter = HistogramCode.gapParameter(buckets: high - place, durations: durations)
            let gap = try bits.rice(parameter)
            guard gap <= UInt64(high - place) else { throw .malformed(offset: offset) }
            if gap > 0 {
                result.append(bucket: place, count: held)
                place += Int(gap)
                held = 0
            }
            held += 1
            durations -= 1
        }
        if place < high {
            result.append(bucket: place, count: held)
            held = 0
        }
        result.append(bucket: high, count: held + UInt64(durations) + 1)
    }
}
