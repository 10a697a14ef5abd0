// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What a search for the next sound record behind damage came to.
struct SearchStep {
    /// Bytes that no sound record begins in.
    var skipped = 0
    var isFound = false
    /// Bytes that must be there, counted from the first one that was not skipped, to go on.
    var needed = 0
}

/// What a chain of records that begins at some byte looks like.
enum RecordChain {
    case sound
    case broken
    /// Sound as far as it goes; so many bytes must be there to see more.
    case needs(Int)

    /// Records or blocks in a row that must be sound; fewer are enough only if the file ends
    /// with the last of them.
    ///
    /// Each says the same thing several times over, so that bytes that are none, even those of a
    /// capture that was transferred while it was captured, do not pass for as many.
    static let length = 8

    /// Tries each byte in turn.
    ///
    /// - Parameters:
    ///   - bytes: Unread bytes, from the damage on.
    ///   - chain: What begins at an offset.
    /// - Returns: How far nothing begins, and whether something does there.
    static func search(_ bytes: RawSpan, _ chain: (Int) -> RecordChain) -> SearchStep {
        var step = SearchStep()
        while step.skipped < bytes.byteCount {
            switch chain(step.skipped) {
            case .broken:
                step.skipped += 1
            case .sound:
                step.isFound = true
                return step
            case .needs(let end):
                step.needed = end - step.skipped
                return step
            }
        }
        step.needed = 1
        return step
    }
}

extension PcapReader {
    /// Wire lengths beyond this are of no frame, segmentation offload included.
    private static let maximumWireLength: UInt32 = 1 << 20
    private static let secondsBefore: Int64 = 86_400
    private static let secondsAfter: Int64 = 366 * 86_400
    private static let maximumStepNanoseconds: Int64 = 3_600_000_000_000

    /// Looks for the next run of records.
    ///
    /// - Parameters:
    ///   - bytes: Unread bytes, from the damage on.
    ///   - start: The time of the capture's first frame, if there is one.
    ///   - isLast: No more bytes come.
    /// - Returns: How far it came.
    func search(_ bytes: RawSpan, near start: Timestamp?, isLast: Bool) -> SearchStep {
        RecordChain.search(bytes) { chain(bytes, at: $0, near: start, isLast: isLast) }
    }

    private func chain(_ bytes: RawSpan, at first: Int, near start: Timestamp?, isLast: Bool) -> RecordChain {
        var offset = first
        var previous: Int64?
        for number in 0..<RecordChain.length {
            if offset == bytes.byteCount, isLast, number > 0 { return .sound }
            guard bytes.byteCount - offset >= recordHeaderLength else {
                return isLast ? .broken : .needs(offset + recordHeaderLength)
            }
            guard let record = soundRecord(bytes, at: offset, near: start) else { return .broken }
            if let previous {
                let step = record.nanoseconds - previous
                guard step >= -CaptureLimits.reorderNanoseconds, step <= Self.maximumStepNanoseconds
                else { return .broken }
            }
            previous = record.nanoseconds
            offset += record.length
            // The header of the next one decides before the bytes of this one are waited for.
            guard offset <= bytes.byteCount else { return isLast ? .broken : .needs(offset) }
        }
        return .sound
    }

    /// The length and time of a record whose header contradicts nothing.
    private func soundRecord(
        _ bytes: RawSpan,
        at offset: Int,
        near start: Timestamp?
    ) -> (length: Int, nanoseconds: Int64)? {
        let seconds = Int64(order.load(UInt32.self, bytes, at: offset))
        let fraction = order.load(UInt32.self, bytes, at: offset + 4)
        guard seconds > 0, fraction < unitsPerSecond else { return nil }
        if let start {
            let difference = seconds - start.nanoseconds / 1_000_000_000
            guard difference >= -Self.secondsBefore, difference <= Self.secondsAfter else { return nil }
        }
        let (captured, wire) = checkedLengths(bytes, order, at: offset)
        guard captured > 0, captured <= wire, captured <= snapLength, wire <= Self.maximumWireLength
        else { return nil }
        return (
            recordHeaderLength + Int(captured), seconds * 1_000_000_000 + Int64(fraction) * nanosecondsPerUnit
        )
    }
}

extension PcapngReader {
    /// Looks for the next section, or the next run of blocks of this one.
    ///
    /// - Parameters:
    ///   - bytes: Unread bytes, from the damage on.
    ///   - isLast: No more bytes come.
    /// - Returns: How far it came.
    func search(_ bytes: RawSpan, isLast: Bool) -> SearchStep {
        RecordChain.search(bytes) { chain(bytes, at: $0, isLast: isLast) }
    }

    private func chain(_ bytes: RawSpan, at first: Int, isLast: Bool) -> RecordChain {
        var offset = first
        for number in 0..<RecordChain.length {
            if offset == bytes.byteCount, isLast, number > 0 { return .sound }
            guard bytes.byteCount - offset >= Self.minimumBlockLength else {
                return isLast ? .broken : .needs(offset + Self.minimumBlockLength)
            }
            let isSection = Self.isSectionHeader(bytes.extracting(droppingFirst: offset))
            guard let order = isSection ? Self.byteOrder(bytes, at: offset + 8) : self.order,
                isSection || Self.isKnown(order.load(UInt32.self, bytes, at: offset))
            else { return .broken }
            let claimed = order.load(UInt32.self, bytes, at: offset + 4)
            guard claimed >= UInt32(Self.minimumBlockLength), claimed % 4 == 0,
                claimed <= UInt32(CaptureLimits.maximumSearchedBlockLength)
            else { return .broken }
            let length = Int(claimed)
            guard bytes.byteCount - offset >= length else {
                return isLast ? .broken : .needs(offset + length)
            }
            guard order.load(UInt32.self, bytes, at: offset + length - 4) == claimed else { return .broken }
            // It has a magic of its own, and may change the byte order of what follows.
            if isSection { return .sound }
            offset += length
        }
        return .sound
    }
}
