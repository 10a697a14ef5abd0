// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Something a collector knows it did not see or could not use.
package enum LossCause: String, Sendable, CaseIterable, Comparable {
    /// Frames the kernel dropped before capture (`ps_drop`).
    case kernelDropped
    /// Frames the interface dropped (`ps_ifdrop`).
    case interfaceDropped
    /// Frames captured shorter than they were on the wire.
    case truncatedFrames
    /// Bytes of the capture file that could not be read, counted as damages.
    case damagedRecords
    /// Flows seen in one direction only.
    case oneSidedFlows
    /// Holes in a TCP stream that a dissector had to skip.
    case reassemblyGaps
    /// Out-of-order segments thrown away because the buffer was full.
    case reassemblyOverflow
    /// Responses without a request.
    case unmatchedResponses
    /// Requests whose responses were lost with a gap or in a stream that was given up: they
    /// started and have no outcome.
    case unmatchedRequests
    /// Streams a dissector gave up on after it had recognized them.
    case abandonedStreams
    /// Flows pushed out of a full table.
    case evictedFlows
    /// Packets forgotten so early that a further sighting may have been counted as another.
    case evictedSightings
    /// Endpoints folded into an aggregate by a cap.
    case foldedEndpoints
    /// Operations folded into `{other}` by a cap.
    case foldedOperations
    /// Names that did not fit a table.
    case droppedNames
    /// Frames whose time was before that of an earlier frame.
    case clockSteps
    /// SYN or SYN/ACK packets sighted again too late to be joined: a merge of captures whose
    /// clocks differ, or of overlapping ones.
    case lateSightings
    /// IP fragments that were not reassembled.
    case fragments

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Where every frame of a window went, and what is known to be missing.
///
/// frames = metered + duplicate + translated + notMetered + filtered + the sum of undecodable.
package struct Coverage: Equatable, Sendable {
    package var frames: UInt64 = 0
    /// First sightings of packets that belong to a flow.
    package var metered: UInt64 = 0
    /// Further sightings of a metered packet under the same addresses.
    package var duplicate: UInt64 = 0
    /// Further sightings of a metered packet under other addresses.
    package var translated: UInt64 = 0
    /// Frames of protocols without flows (ARP, neighbor discovery, LLDP...).
    package var notMetered: UInt64 = 0
    /// Frames left out by a capture filter of ours.
    package var filtered: UInt64 = 0
    /// Frames that could not be decoded, by cause.
    package var undecodable: [String: UInt64] = [:]
    package var losses: [LossCause: UInt64] = [:]

    package init() {}

    /// Whether each frame is in exactly one class.
    package var isBalanced: Bool {
        let classes = [metered, duplicate, translated, notMetered, filtered] + undecodable.values
        return frames == classes.reduce(UInt64(0)) { $0.addingSaturated($1) }
    }

    package mutating func merge(_ other: Coverage) {
        frames.addSaturated(other.frames)
        metered.addSaturated(other.metered)
        duplicate.addSaturated(other.duplicate)
        translated.addSaturated(other.translated)
        notMetered.addSaturated(other.notMetered)
        filtered.addSaturated(other.filtered)
        undecodable.merge(other.undecodable, uniquingKeysWith: { $0.addingSaturated($1) })
        losses.merge(other.losses, uniquingKeysWith: { $0.addingSaturated($1) })
    }
}
