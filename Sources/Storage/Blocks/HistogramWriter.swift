// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Encodes what stands behind the counts of a histogram column; see `HistogramColumn`.
struct HistogramWriter {
    private let pool: DecodedHistograms
    /// Where each histogram of the column lies in the pool, and those of the model.
    private let places: [Int32]
    private let model: [Int32]?
    private var header = HistogramColumn.Header()
    /// Positions of the histograms that fit no rule.
    private var odd: [Int] = []
    private var table = BucketTable.nanoseconds

    init(_ pool: DecodedHistograms, _ places: [Int32], model: [Int32]?) {
        self.pool = pool
        self.places = places
        self.model = model
    }

    /// The column behind its length.
    mutating func encoded() throws(BlockError) -> ByteWriter {
        try survey()
        var writer = ByteWriter()
        writer.append(varint: UInt64(odd.count))
        var previous = 0
        for position in odd {
            writer.append(varint: UInt64(position - previous))
            previous = position
        }
        if !odd.isEmpty {
            var values: [Histogram] = []
            for position in odd {
                guard let value = pool.histogram(Int(places[position])) else {
                    throw .unstorable(.histogram)
                }
                values.append(value)
            }
            try SparseHistogramColumn.write(values, to: &writer)
        }
        writer.append(byte: header.isMicroseconds ? 1 : 0)
        writer.append(varint: UInt64(header.middle))
        writer.append(byte: UInt8(header.firstDistance))
        writer.append(varint: header.scale)
        writer.append(byte: UInt8(header.lastDistance))
        if model != nil {
            writer.append(byte: UInt8(header.firstLikeness))
            writer.append(byte: UInt8(header.lastLikeness))
        }
        if header.isMicroseconds { table = BucketTable.microseconds }
        var bits = BitWriter()
        bits.reserve(bytes: 32 * places.count)
        var nextOdd = 0
        for position in places.indices {
            let index = Int(places[position])
            guard pool.counts[index] > 0 else { continue }
            if nextOdd < odd.count, odd[nextOdd] == position {
                nextOdd += 1
            } else {
                append(index, model.map { Int($0[position]) }, &bits)
            }
        }
        bits.flush(to: &writer)
        return writer
    }

    /// Finds what the header says.
    private mutating func survey() throws(BlockError) {
        var isMicroseconds = true
        // Those without a model, by position.
        var alone: [Int] = []
        alone.reserveCapacity(places.count)
        var (lows, spreads, steps): (UInt64, UInt64, UInt64) = (0, 0, 0)
        var (first, last, alike): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for position in places.indices {
            let index = Int(places[position])
            let count = pool.counts[index]
            guard count > 0 else { continue }
            guard try fits(index) else {
                odd.append(position)
                continue
            }
            if isMicroseconds {
                isMicroseconds =
                    pool.minima[index] % 1_000 == 0 && pool.maxima[index] % 1_000 == 0
                    && pool.sums[index] % 1_000 == 0
            }
            let (low, high) = pool.bounds(index)
            if let model, pool.counts[Int(model[position])] > 0 {
                let other = Int(model[position])
                guard !pool.isEqual(index, other) else { continue }
                let (alikeLow, alikeHigh) = pool.bounds(other)
                first &+= UInt64(bitPattern: Int64(low - alikeLow)).zigzag
                last &+= UInt64(bitPattern: Int64(high - alikeHigh)).zigzag
                alike &+= 1
            } else {
                alone.append(index)
                lows &+= UInt64(low + 1)
                if count > 1 {
                    spreads &+= UInt64(high - low)
                    steps &+= HistogramCode.steps(count)
                }
            }
        }
        header.isMicroseconds = isMicroseconds
        header.middle = alone.isEmpty ? 0 : Int(lows) / alone.count
        header.scale = steps == 0 ? 0 : spreads * 16 / steps
        setDistances(alone)
        header.firstLikeness = Self.parameter(sum: first, count: alike)
        header.lastLikeness = Self.parameter(sum: last, count: alike)
    }

    /// Finds the Rice parameters of the outer buckets of histograms without a model.
    private mutating func setDistances(_ alone: [Int]) {
        var (first, last, lasts): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for index in alone {
            let (low, high) = pool.bounds(index)
            first &+= UInt64(bitPattern: Int64(Int(low) + 1 - header.middle)).zigzag
            guard pool.counts[index] > 1 else { continue }
            let guess = HistogramCode.spread(durations: pool.counts[index], scale: header.scale)
            last &+= HistogramCode.folded(UInt64(high - low), guess: guess)
            lasts &+= 1
        }
        header.firstDistance = Self.parameter(sum: first, count: UInt64(alone.count))
        header.lastDistance = Self.parameter(sum: last, count: lasts)
    }

    /// The Rice parameter for numbers of this sum.
    private static func parameter(sum: UInt64, count: UInt64) -> Int {
        count == 0 ? 0 : max(0, (sum / count).bitLength - 1)
    }

    /// Whether the rules of the bits hold for a histogram.
    private func fits(_ index: Int) throws(BlockError) -> Bool {
        var total: UInt64 = 0
        for place in pool.range(index) {
            let count = pool.buckets[place].count
            let (sum, overflow) = total.addingReportingOverflow(count)
            guard count > 0, !overflow else { throw .unstorable(.histogram) }
            total = sum
        }
        guard total == pool.counts[index] else { throw .unstorable(.histogram) }
        let (least, greatest) = (pool.minima[index], pool.maxima[index])
        let (first, last) = pool.bounds(index)
        // Always in nanoseconds here.
        guard last < Histogram.overflow, table.holds(first, least), table.holds(last, greatest) else {
            return false
        }
        switch total {
        case 1: return least == greatest && pool.sums[index] == least
        case 2: return pool.sums[index] == least &+ greatest
        default: return least <= greatest
        }
    }

    private func append(_ index: Int, _ model: Int?, _ bits: inout BitWriter) {
        let count = pool.counts[index]
        let (low, high) = pool.bounds(index)
        var alike: (low: Int16, high: Int16)?
        if let model, pool.counts[model] > 0 {
            if pool.counts[model] == count {
                let isSame = pool.isEqual(index, model)
                bits.append(isSame ? 1 : 0, bits: 1)
                if isSame { return }
            }
            alike = pool.bounds(model)
        }
        if let alike {
            bits.append(rice: UInt64(bitPattern: Int64(low - alike.low)).zigzag, header.firstLikeness)
        } else {
            let distance = UInt64(bitPattern: Int64(Int(low) + 1 - header.middle))
            bits.append(rice: distance.zigzag, header.firstDistance)
        }
        let isNanoseconds = table.unit == 1
        let least = isNanoseconds ? pool.minima[index] : pool.minima[index] / 1_000
        bits.append(least &- table.least(low), bits: (table.width(low) &- 1).bitLength)
        guard count > 1 else { return }
        if let alike {
            bits.append(rice: UInt64(bitPattern: Int64(high - alike.high)).zigzag, header.lastLikeness)
        } else {
            let guess = HistogramCode.spread(durations: count, scale: header.scale)
            bits.append(rice: HistogramCode.folded(UInt64(high - low), guess: guess), header.lastDistance)
        }
        let greatest = isNanoseconds ? pool.maxima[index] : pool.maxima[index] / 1_000
        if low == high {
            bits.append(greatest &- least, bits: table.room(low, above: least).bitLength)
        } else {
            bits.append(greatest &- table.least(high), bits: (table.width(high) &- 1).bitLength)
        }
        guard count > 2 else { return }
        let buckets = pool.buckets.span.extracting(pool.range(index))
        if low < high {
            if count &- 2 < UInt64(high - low) + 1 {
                Self.appendGaps(buckets, Int(count &- 2), &bits)
            } else {
                Self.appendCounts(buckets, count &- 2, &bits)
            }
        }
        let (middles, width) = table.sums(buckets)
        let sum = isNanoseconds ? pool.sums[index] : pool.sums[index] / 1_000
        // Sums of all but the least and the greatest, which are exact.
        let own = table.middle(low) &+ table.middle(high)
        let others = width &- table.width(low) &- table.width(high)
        let parameter = HistogramCode.sumParameter(durations: count &- 2, width: others)
        bits.append(rice: (sum &- (middles &- own &+ least &+ greatest)).zigzag, parameter)
    }

    /// The durations between the least and the greatest, fewer than buckets from the first to the last:
    /// for each, in order, its distance from the one before, or from the first bucket; nothing more once
    /// the last bucket is reached.
    private static func appendGaps(_ buckets: Span<Histogram.Bucket>, _ count: Int, _ bits: inout BitWriter) {
        var durations = count
        let end = buckets.count - 1
        let high = Int(buckets[end].index)
        var bucket = Int(buckets[0].index)
        for place in buckets.indices {
            let index = Int(buckets[place].index)
            let ends = (place == 0 ? 1 : 0) + (place == end ? 1 : 0)
            for _ in 0..<Int(truncatingIfNeeded: buckets[place].count) - ends {
                guard bucket < high else { return }
                let parameter = HistogramCode.gapParameter(
                    buckets: high - bucket,
                    durations: durations,
                    isFirst: durations == count
                )
                bits.append(rice: UInt64(index - bucket), parameter)
                bucket = index
                durations -= 1
            }
        }
    }

    /// The durations between the least and the greatest, at least as many as buckets: for each bucket but
    /// the last, how many it has; nothing more once all are counted.
    private static func appendCounts(
        _ buckets: Span<Histogram.Bucket>,
        _ count: UInt64,
        _ bits: inout BitWriter
    ) {
        var left = count
        var before: (UInt64, UInt64, UInt64) = (0, 0, 0)
        let end = buckets.count - 1
        var next = buckets[0].index
        for place in buckets.indices {
            let bucket = buckets[place]
            while next < bucket.index || (next == bucket.index && place < end) {
                guard left > 0 else { return }
                let held = next < bucket.index ? 0 : bucket.count &- (place == 0 ? 1 : 0)
                let guess = HistogramCode.guess(before)
                bits.append(
                    rice: HistogramCode.folded(held, guess: guess),
                    HistogramCode.countParameter(guess: guess)
                )
                left &-= held
                before = (held, before.0, before.1)
                next &+= 1
            }
        }
    }
}
