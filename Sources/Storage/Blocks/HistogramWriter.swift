// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Encodes what stands behind the counts of a histogram column; see `HistogramColumn`.
struct HistogramWriter {
    private let histograms: DecodedHistograms
    private let model: DecodedHistograms?
    private var header = HistogramColumn.Header()
    /// Places of the histograms that fit no rule.
    private var odd: [Int] = []
    private var bits = BitWriter()

    init(_ histograms: DecodedHistograms, model: DecodedHistograms?) {
        self.histograms = histograms
        self.model = model
    }

    /// The column behind its length.
    mutating func encoded() throws(BlockError) -> ByteWriter {
        try survey()
        var writer = ByteWriter()
        writer.append(varint: UInt64(odd.count))
        var previous = 0
        for place in odd {
            writer.append(varint: UInt64(place - previous))
            previous = place
        }
        if !odd.isEmpty {
            var values: [Histogram] = []
            for place in odd {
                guard let value = histograms.histogram(place) else { throw .unstorable(.histogram) }
                values.append(value)
            }
            try SparseHistogramColumn.write(values, to: &writer)
        }
        writer.append(byte: header.isMicroseconds ? 1 : 0)
        writer.append(varint: UInt64(header.base))
        writer.append(byte: UInt8(header.bits))
        writer.append(byte: UInt8(header.spread))
        if model != nil {
            writer.append(byte: UInt8(header.firstLikeness))
            writer.append(byte: UInt8(header.lastLikeness))
        }
        let table = header.isMicroseconds ? BucketTable.microseconds : BucketTable.nanoseconds
        var nextOdd = 0
        for index in 0..<histograms.count where histograms.counts[index] > 0 {
            if nextOdd < odd.count, odd[nextOdd] == index {
                nextOdd += 1
            } else {
                append(index, table)
            }
        }
        bits.flush(to: &writer)
        return writer
    }

    /// Finds what the header says.
    private mutating func survey() throws(BlockError) {
        header.isMicroseconds = true
        var (least, greatest) = (Int.max, 0)
        var (spread, spreads): (UInt64, UInt64) = (0, 0)
        var (first, last, alike): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for index in 0..<histograms.count where histograms.counts[index] > 0 {
            guard try fits(index) else {
                odd.append(index)
                continue
            }
            if header.isMicroseconds {
                header.isMicroseconds =
                    histograms.minima[index] % 1_000 == 0 && histograms.maxima[index] % 1_000 == 0
                    && histograms.sums[index] % 1_000 == 0
            }
            let (low, high) = histograms.bounds(index)
            if let model, model.counts[index] > 0 {
                guard !isModel(index) else { continue }
                let (alikeLow, alikeHigh) = model.bounds(index)
                first &+= UInt64(bitPattern: Int64(low - alikeLow)).zigzag
                last &+= UInt64(bitPattern: Int64(high - alikeHigh)).zigzag
                alike &+= 1
            } else {
                (least, greatest) = (min(least, Int(low) + 1), max(greatest, Int(low) + 1))
                if histograms.counts[index] > 1 {
                    spread &+= UInt64(high - low)
                    spreads &+= 1
                }
            }
        }
        header.base = least == .max ? 0 : least
        header.bits = least == .max ? 0 : UInt64(greatest - least).bitLength
        header.spread = Self.parameter(sum: spread, count: spreads)
        header.firstLikeness = Self.parameter(sum: first, count: alike)
        header.lastLikeness = Self.parameter(sum: last, count: alike)
    }

    /// The Rice parameter for numbers of this sum.
    private static func parameter(sum: UInt64, count: UInt64) -> Int {
        count == 0 ? 0 : max(0, (sum / count).bitLength - 1)
    }

    /// Whether the rules of the bits hold for a histogram.
    private func fits(_ index: Int) throws(BlockError) -> Bool {
        let range = histograms.range(index)
        var total: UInt64 = 0
        for place in range {
            let count = histograms.buckets[place].count
            let (sum, overflow) = total.addingReportingOverflow(count)
            guard count > 0, !overflow else { throw .unstorable(.histogram) }
            total = sum
        }
        guard total == histograms.counts[index] else { throw .unstorable(.histogram) }
        let (least, greatest) = (histograms.minima[index], histograms.maxima[index])
        let (first, last) = histograms.bounds(index)
        guard last < Histogram.overflow, Histogram.bucket(of: least) == first,
            Histogram.bucket(of: greatest) == last
        else { return false }
        switch total {
        case 1: return least == greatest && histograms.sums[index] == least
        case 2: return histograms.sums[index] == least &+ greatest
        default: return least <= greatest
        }
    }

    /// Whether a histogram is that of the model.
    private func isModel(_ index: Int) -> Bool {
        guard let model, model.counts[index] == histograms.counts[index] else { return false }
        return histograms.isEqual(index, to: model)
    }

    // MARK: - Bits of one histogram

    private mutating func append(_ index: Int, _ table: BucketTable) {
        let count = histograms.counts[index]
        let (low, high) = histograms.bounds(index)
        let alike = model.flatMap { $0.counts[index] > 0 ? $0.bounds(index) : nil }
        if let model, model.counts[index] == count {
            let isSame = isModel(index)
            bits.append(isSame ? 1 : 0, bits: 1)
            if isSame { return }
        }
        if let alike {
            bits.append(rice: UInt64(bitPattern: Int64(low - alike.low)).zigzag, header.firstLikeness)
        } else {
            bits.append(UInt64(Int(low) + 1 - header.base), bits: header.bits)
        }
        let isNanoseconds = table.unit == 1
        let least = isNanoseconds ? histograms.minima[index] : histograms.minima[index] / 1_000
        bits.append(least &- table.least(low), bits: (table.width(low) &- 1).bitLength)
        guard count > 1 else { return }
        if let alike {
            bits.append(rice: UInt64(bitPattern: Int64(high - alike.high)).zigzag, header.lastLikeness)
        } else {
            bits.append(rice: UInt64(high - low), header.spread)
        }
        let greatest = isNanoseconds ? histograms.maxima[index] : histograms.maxima[index] / 1_000
        if low == high {
            bits.append(greatest &- least, bits: table.room(low, above: least).bitLength)
        } else {
            bits.append(greatest &- table.least(high), bits: (table.width(high) &- 1).bitLength)
        }
        guard count > 2 else { return }
        let range = histograms.range(index)
        if low < high {
            if count &- 2 < UInt64(high - low) + 1 {
                appendGaps(range, Int(count &- 2))
            } else {
                appendCounts(range, count &- 2)
            }
        }
        var (middles, width): (UInt64, UInt64) = (least &+ greatest, 0)
        for place in range {
            let bucket = histograms.buckets[place]
            let held = bucket.count &- (bucket.index == low ? 1 : 0) &- (bucket.index == high ? 1 : 0)
            middles &+= table.middle(bucket.index) &* held
            width &+= table.width(bucket.index) &* held
        }
        let sum = isNanoseconds ? histograms.sums[index] : histograms.sums[index] / 1_000
        let parameter = HistogramCode.sumParameter(durations: count &- 2, width: width)
        bits.append(rice: (sum &- middles).zigzag, parameter)
    }

    /// The durations between the least and the greatest, fewer than buckets from the first to the last:
    /// for each, in order, its distance from the one before, or from the first bucket; nothing more once
    /// the last bucket is reached.
    private mutating func appendGaps(_ range: Range<Int>, _ count: Int) {
        var durations = count
        let high = Int(histograms.buckets[range.upperBound - 1].index)
        var bucket = Int(histograms.buckets[range.lowerBound].index)
        for place in range {
            let index = Int(histograms.buckets[place].index)
            let ends = (place == range.lowerBound ? 1 : 0) + (place == range.upperBound - 1 ? 1 : 0)
            for _ in 0..<Int(truncatingIfNeeded: histograms.buckets[place].count) - ends {
                guard bucket < high else { return }
                let parameter = HistogramCode.gapParameter(buckets: high - bucket, durations: durations)
                bits.append(rice: UInt64(index - bucket), parameter)
                bucket = index
                durations -= 1
            }
        }
    }

    /// The durations between the least and the greatest, at least as many as buckets: for each bucket but
    /// the last, how many it has; nothing more once all are counted.
    private mutating func appendCounts(_ range: Range<Int>, _ count: UInt64) {
        var left = count
        var (previous, beforeThat): (UInt64, UInt64) = (0, 0)
        var next = histograms.buckets[range.lowerBound].index
        for place in range {
            let bucket = histograms.buckets[place]
            let isLast = place == range.upperBound - 1
            while next < bucket.index || (next == bucket.index && !isLast) {
                guard left > 0 else { return }
                let isEmpty = next < bucket.index
                let held = isEmpty ? 0 : bucket.count &- (place == range.lowerBound ? 1 : 0)
                let guess = HistogramCode.guess(previous, beforeThat)
                bits.append(
                    rice: HistogramCode.folded(held, guess: guess),
                    HistogramCode.countParameter(guess: guess)
                )
                left &-= held
                (previous, beforeThat) = (held, previous)
                next += 1
            }
        }
    }
}
