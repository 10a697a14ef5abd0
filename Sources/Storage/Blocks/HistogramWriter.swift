// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Encodes what stands behind the counts of a histogram column; see `HistogramColumn`.
struct HistogramWriter {
    private let histograms: [Histogram]
    private let model: [Histogram]?
    private var header = HistogramColumn.Header()
    /// Places of the histograms that fit no rule.
    private var odd: [Int] = []
    private var bits = BitWriter()

    init(_ histograms: [Histogram], model: [Histogram]?) {
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
        if !odd.isEmpty { try SparseHistogramColumn.write(odd.map { histograms[$0] }, to: &writer) }
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
        for index in histograms.indices where !histograms[index].isEmpty {
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
        for index in histograms.indices where !histograms[index].isEmpty {
            let histogram = histograms[index]
            guard try fits(histogram), let low = histogram.buckets.first, let high = histogram.buckets.last
            else {
                odd.append(index)
                continue
            }
            if header.isMicroseconds {
                header.isMicroseconds =
                    histogram.minNanoseconds % 1_000 == 0 && histogram.maxNanoseconds % 1_000 == 0
                    && histogram.sumNanoseconds % 1_000 == 0
            }
            let (lowest, highest) = (Int(low.index) + 1, Int(high.index) + 1)
            if let model, let alikeLow = model[index].buckets.first, let alikeHigh = model[index].buckets.last
            {
                guard model[index] != histogram else { continue }
                first &+= UInt64(bitPattern: Int64(lowest - 1 - Int(alikeLow.index))).zigzag
                last &+= UInt64(bitPattern: Int64(highest - 1 - Int(alikeHigh.index))).zigzag
                alike &+= 1
            } else {
                (least, greatest) = (min(least, lowest), max(greatest, lowest))
                if histogram.count > 1 {
                    spread &+= UInt64(highest - lowest)
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
    private func fits(_ histogram: Histogram) throws(BlockError) -> Bool {
        var total: UInt64 = 0
        for bucket in histogram.buckets {
            let (sum, overflow) = total.addingReportingOverflow(bucket.count)
            guard bucket.count > 0, !overflow else { throw .unstorable(.histogram) }
            total = sum
        }
        guard total == histogram.count, let first = histogram.buckets.first,
            let last = histogram.buckets.last
        else { throw .unstorable(.histogram) }
        guard last.index < Histogram.overflow, Histogram.bucket(of: histogram.minNanoseconds) == first.index,
            Histogram.bucket(of: histogram.maxNanoseconds) == last.index
        else { return false }
        switch histogram.count {
        case 1:
            return histogram.minNanoseconds == histogram.maxNanoseconds
                && histogram.sumNanoseconds == histogram.minNanoseconds
        case 2: return histogram.sumNanoseconds == histogram.minNanoseconds &+ histogram.maxNanoseconds
        default: return histogram.minNanoseconds <= histogram.maxNanoseconds
        }
    }

    // MARK: - Bits of one histogram

    private mutating func append(_ index: Int, _ table: BucketTable) {
        let histogram = histograms[index]
        guard let low = histogram.buckets.first?.index, let high = histogram.buckets.last?.index else {
            return
        }
        let alike = model.flatMap { $0[index].isEmpty ? nil : $0[index] }
        if let alike, alike.count == histogram.count {
            let isSame = alike == histogram
            bits.append(isSame ? 1 : 0, bits: 1)
            if isSame { return }
        }
        if let likeLow = alike?.buckets.first?.index {
            bits.append(rice: UInt64(bitPattern: Int64(low - likeLow)).zigzag, header.firstLikeness)
        } else {
            bits.append(UInt64(Int(low) + 1 - header.base), bits: header.bits)
        }
        let isNanoseconds = table.unit == 1
        let least = isNanoseconds ? histogram.minNanoseconds : histogram.minNanoseconds / 1_000
        bits.append(least &- table.least(low), bits: (table.width(low) &- 1).bitLength)
        guard histogram.count > 1 else { return }
        if let likeHigh = alike?.buckets.last?.index {
            bits.append(rice: UInt64(bitPattern: Int64(high - likeHigh)).zigzag, header.lastLikeness)
        } else {
            bits.append(rice: UInt64(high - low), header.spread)
        }
        let greatest = isNanoseconds ? histogram.maxNanoseconds : histogram.maxNanoseconds / 1_000
        if low == high {
            bits.append(greatest &- least, bits: table.room(low, above: least).bitLength)
        } else {
            bits.append(greatest &- table.least(high), bits: (table.width(high) &- 1).bitLength)
        }
        guard histogram.count > 2 else { return }
        appendBetween(histogram, low, high)
        var (middles, width): (UInt64, UInt64) = (least &+ greatest, 0)
        for bucket in histogram.buckets {
            let count = bucket.count &- (bucket.index == low ? 1 : 0) &- (bucket.index == high ? 1 : 0)
            middles &+= table.middle(bucket.index) &* count
            width &+= table.width(bucket.index) &* count
        }
        let sum = isNanoseconds ? histogram.sumNanoseconds : histogram.sumNanoseconds / 1_000
        let parameter = HistogramCode.sumParameter(durations: histogram.count &- 2, width: width)
        bits.append(rice: (sum &- middles).zigzag, parameter)
    }

    /// The buckets of all durations but the least and the greatest.
    ///
    /// Fewer of them than buckets from the first to the last: for each, in order, its distance from the
    /// one before, or from the first bucket; nothing more once the last bucket is reached. Else, for
    /// each bucket but the last, how many it has; nothing more once all are counted.
    private mutating func appendBetween(_ histogram: Histogram, _ low: Int16, _ high: Int16) {
        guard low < high else { return }
        let span = Int(high - low) + 1
        var left = histogram.count &- 2
        if left < UInt64(span) {
            var durations = Int(left)
            var place = Int(low)
            for bucket in histogram.buckets {
                let ends = (bucket.index == low ? 1 : 0) + (bucket.index == high ? 1 : 0)
                for _ in 0..<Int(truncatingIfNeeded: bucket.count) - ends {
                    let buckets = Int(high) - place
                    guard buckets > 0 else { return }
                    let parameter = HistogramCode.gapParameter(buckets: buckets, durations: durations)
                    bits.append(rice: UInt64(Int(bucket.index) - place), parameter)
                    place = Int(bucket.index)
                    durations -= 1
                }
            }
            return
        }
        var (previous, beforeThat): (UInt64, UInt64) = (0, 0)
        var next = low
        for bucket in histogram.buckets where bucket.index < high {
            while next <= bucket.index {
                guard left > 0 else { return }
                let count = next == bucket.index ? bucket.count &- (next == low ? 1 : 0) : 0
                let guess = HistogramCode.guess(previous, beforeThat)
                bits.append(
                    rice: HistogramCode.folded(count, guess: guess),
                    HistogramCode.countParameter(guess: guess)
                )
                left &-= count
                (previous, beforeThat) = (count, previous)
                next += 1
            }
        }
        // The empty buckets before the last one.
        while next < high, left > 0 {
            let guess = HistogramCode.guess(previous, beforeThat)
            bits.append(
                rice: HistogramCode.folded(0, guess: guess),
                HistogramCode.countParameter(guess: guess)
            )
            (previous, beforeThat) = (0, previous)
            next += 1
        }
    }
}
