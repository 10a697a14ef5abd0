// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Decodes what stands behind the counts of a histogram column; see `HistogramColumn`.
struct HistogramColumnReader {
    private let counts: [UInt64]
    private var header = HistogramColumn.Header()
    private var odd: [(place: Int, histogram: Histogram)] = []
    private var bits: BitReader
    private let offset: Int
    private let table: BucketTable

    /// Reads the header; nothing is left of the section.
    init(counts: [UInt64], hasModel: Bool, from section: inout ByteCursor) throws(BlockError) {
        offset = section.position
        self.counts = counts
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
        let middle = try section.varint()
        guard unit <= 1, middle <= UInt64(Histogram.overflow) else { throw .malformed(offset: offset) }
        header.middle = Int(middle)
        header.firstDistance = Int(try section.byte())
        header.scale = try section.varint()
        header.lastDistance = Int(try section.byte())
        if hasModel {
            header.firstLikeness = Int(try section.byte())
            header.lastLikeness = Int(try section.byte())
        }
        let greatest = max(
            header.firstDistance,
            header.lastDistance,
            header.firstLikeness,
            header.lastLikeness
        )
        guard greatest <= 16, header.scale <= HistogramCode.greatestScale else {
            throw .malformed(offset: offset)
        }
        table = unit == 1 ? BucketTable.microseconds : BucketTable.nanoseconds
        bits = BitReader(&section)
    }

    /// How many bits were read.
    var place: Int { bits.place }

    /// Goes back, or forward, to where a histogram begins.
    mutating func go(to place: Int) { bits.go(to: place) }

    /// Reads the whole column.
    mutating func decode(
        like model: borrowing HistogramRuns,
        into result: inout HistogramRuns
    ) throws(BlockError) {
        for index in counts.indices { try decode(index, like: model, at: index, into: &result) }
        try finish()
    }

    /// Requires that all histograms were read.
    func finish() throws(BlockError) { try bits.finish() }

    /// Reads the next histogram.
    ///
    /// - Parameters:
    ///   - index: Its place in the column.
    ///   - model: The model, or some of it.
    ///   - alike: The place in that of what it resembles.
    ///   - result: Takes it.
    /// - Throws: `BlockError`.
    mutating func decode(
        _ index: Int,
        like model: borrowing HistogramRuns,
        at alike: Int,
        into result: inout HistogramRuns
    ) throws(BlockError) {
        let count = counts[index]
        guard count > 0 else { return result.finish(count: 0, sum: 0, least: 0, greatest: 0) }
        if !odd.isEmpty, let histogram = odd(at: index) { return result.append(histogram) }
        guard model.count > 0, model.counts[alike] > 0 else {
            let first = Int(truncatingIfNeeded: try bits.rice(header.firstDistance).unzigzag)
            return try readOne(count, from: header.middle &- 1 &+ first, alike: nil, into: &result)
        }
        if model.counts[alike] == count, try bits.bits(1) == 1 { return result.append(alike, of: model) }
        let (low, high) = model.bounds(alike)
        let first = try bits.rice(header.firstLikeness).unzigzag
        try readOne(count, from: low &+ Int(truncatingIfNeeded: first), alike: high, into: &result)
    }

    /// One that fits no rule.
    private func odd(at index: Int) -> Histogram? {
        var (low, high) = (0, odd.count)
        while low < high {
            let middle = (low + high) / 2
            if odd[middle].place < index { low = middle + 1 } else { high = middle }
        }
        return low < odd.count && odd[low].place == index ? odd[low].histogram : nil
    }

    /// Reads a histogram behind its first bucket.
    ///
    /// - Parameters:
    ///   - count: How many durations it has.
    ///   - low: Its first bucket.
    ///   - alike: The last bucket of its model.
    ///   - result: Takes it.
    /// - Throws: `BlockError`.
    private mutating func readOne(
        _ count: UInt64,
        from low: Int,
        alike: Int?,
        into result: inout HistogramRuns
    ) throws(BlockError) {
        let first = try bucket(low)
        let least = table.least(first) &+ (try bits.bits((table.width(first) &- 1).bitLength))
        guard count > 1 else {
            let value = least &* table.unit
            result.append(bucket: low, count: 1)
            return result.finish(count: 1, sum: value, least: value, greatest: value)
        }
        let high =
            if let alike {
                alike &+ Int(truncatingIfNeeded: try bits.rice(header.lastLikeness).unzigzag)
            } else {
                low &+ Int(truncatingIfNeeded: try spread(of: count))
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
        var sum = least &+ greatest
        if low == high {
            result.append(bucket: low, count: count)
            if count > 2 {
                let others = Others(
                    middles: table.middle(first) &* (count &- 2),
                    width: table.width(first) &* (count &- 2)
                )
                sum &+= try distance(of: count &- 2, others)
            }
        } else if count == 2 {
            result.append(bucket: low, count: 1)
            result.append(bucket: high, count: 1)
        } else {
            let others = try readBetween(count &- 2, low, high, into: &result)
            sum &+= try distance(of: count &- 2, others)
        }
        result.finish(
            count: count,
            sum: sum &* table.unit,
            least: least &* table.unit,
            greatest: greatest &* table.unit
        )
    }

    /// Reads how far the last bucket is from the first.
    private mutating func spread(of durations: UInt64) throws(BlockError) -> UInt64 {
        let guess = HistogramCode.spread(durations: durations, scale: header.scale)
        return HistogramCode.unfolded(try bits.rice(header.lastDistance), guess: guess)
    }

    private func bucket(_ index: Int) throws(BlockError) -> Int16 {
        guard index >= Int(Histogram.underflow), index < Int(Histogram.overflow) else {
            throw .malformed(offset: offset)
        }
        return Int16(truncatingIfNeeded: index)
    }
    /// What the durations between the least and the greatest come to by their buckets.
    private struct Others {
        var middles: UInt64 = 0
        var width: UInt64 = 0

        @inline(__always)
        mutating func add(_ held: UInt64, _ bucket: Int, _ table: BucketTable) {
            let index = Int16(truncatingIfNeeded: bucket)
            middles &+= table.middle(index) &* held
            width &+= table.width(index) &* held
        }
    }

    /// Reads what the sum has beside the least and the greatest duration.
    private mutating func distance(of durations: UInt64, _ others: Others) throws(BlockError) -> UInt64 {
        let parameter = HistogramCode.sumParameter(durations: durations, width: others.width)
        return others.middles &+ (try bits.rice(parameter).unzigzag)
    }

    /// Undoes `HistogramWriter.appendBetween`, and puts back the least and the greatest.
    private mutating func readBetween(
        _ count: UInt64,
        _ low: Int,
        _ high: Int,
        into result: inout HistogramRuns
    ) throws(BlockError) -> Others {
        let span = high - low + 1
        guard count >= UInt64(span) else { return try readGaps(Int(count), low, high, into: &result) }
        // What a loop of a hundred steps reads and writes, out of the reach of others.
        let table = table
        var (bits, others) = (bits, Others())
        var left = count
        var before: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var ends: UInt64 = 1
        for place in low..<high {
            guard left > 0 else { break }
            let guess = HistogramCode.guess(before)
            let code = bits.unchecked(rice: HistogramCode.countParameter(guess: guess))
            let held = HistogramCode.unfolded(code, guess: guess)
            guard held <= left else { throw .malformed(offset: offset) }
            if held &+ ends > 0 {
                result.append(bucket: place, count: held &+ ends)
                others.add(held, place, table)
            }
            ends = 0
            left &-= held
            before = (held, before.0, before.1)
        }
        try bits.check()
        self.bits = bits
        result.append(bucket: high, count: left &+ 1)
        others.add(left, high, table)
        return others
    }

    private mutating func readGaps(
        _ count: Int,
        _ low: Int,
        _ high: Int,
        into result: inout HistogramRuns
    ) throws(BlockError) -> Others {
        var others = Others()
        var place = low
        var held: UInt64 = 1
        var durations = count
        while durations > 0, place < high {
            let parameter = HistogramCode.gapParameter(
                buckets: high - place,
                durations: durations,
                isFirst: durations == count
            )
            let gap = try bits.rice(parameter)
            guard gap <= UInt64(high - place) else { throw .malformed(offset: offset) }
            if gap > 0 {
                result.append(bucket: place, count: held)
                place += Int(gap)
                held = 0
            }
            held += 1
            durations -= 1
            others.add(1, place, table)
        }
        if place < high {
            result.append(bucket: place, count: held)
            held = 0
        }
        others.add(UInt64(durations), high, table)
        result.append(bucket: high, count: held + UInt64(durations) + 1)
        return others
    }
}
