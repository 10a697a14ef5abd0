// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Packets seen in the last 100 ms, so that each is counted once however often it was sighted.
///
/// A frame is either the first sighting of a packet or a further one. Where the identification
/// is not 0, any repeat is a further sighting: senders do not repeat it so soon. Where it is 0
/// (IPv6, and IPv4 senders that never fragment), a repeat in the same *view* (point, packet
/// type, MAC addresses, time to live) is a retransmission. Then the n-th sighting in a view is of
/// the n-th copy, and a frame is a first sighting exactly if no other view has seen that many.
///
/// Sightings are kept in two generations. The young one takes new packets for a horizon; then it is
/// the old one, and what was the old one, by then too old to matter, is emptied in one go. So nothing
/// is removed one by one. A generation holds up to `maximumCount`; beyond that the old one is
/// forgotten early, and counted.
struct SightingTable: ~Copyable {
    /// What is known of one packet.
    struct Sighting: BitwiseCopyable {
        var hash: UInt64 = 0
        /// When its latest copy was first sighted.
        var firstSeen: Timestamp
        /// The point of the first sighting, with its serial: slots are used again.
        var firstPoint: Int32 = -1
        var firstSerial: UInt32 = 0
        /// The slot of its further views, or -1: packets seen in one way only, which most are, have
        /// none.
        @SlotNumber var furtherViews: Int = -1
        var firstView = View()
        var firstDirection = FlowDirection.fromOriginator
        /// How many points have seen it, for the order of points along its way.
        var pointCount: UInt8 = 0
        var viewCount: UInt8 = 0
        /// Copies sighted so far, 1 unless the identification is 0.
        var copies: UInt8 = 0
    }

    /// The views of a packet after the first.
    typealias FurtherViews = InlineArray<11, View>

    /// One way to see a packet, and how often it was seen so.
    struct View: BitwiseCopyable {
        var serial: UInt32 = 0
        var tag: UInt16 = 0
        var count: UInt8 = 0
    }

    /// What a frame turned out to be.
    struct Verdict {
        var isFirst: Bool
        /// Whether its point sees the packet, or this copy of it, for the first time.
        var isNewToPoint: Bool
        /// How many points had seen it before this one.
        var rank: UInt8
        /// The point of the first sighting; this frame's own where it is the first.
        var firstPoint: Int32
        var firstSerial: UInt32
        /// The packet's direction at the point of the first sighting.
        var firstDirection: FlowDirection
    }

    /// Packets first sighted within one horizon.
    private struct Generation: ~Copyable {
        var sightings = Slab<Sighting>(minimumCapacity: 1_024)
        var furtherViews = Slab<FurtherViews>()
        var index = SlotIndex(minimumCapacity: 2_048)
        /// When it became the young one.
        var start = Timestamp(nanoseconds: .min)
        /// When the latest of them was first sighted, or later.
        var end = Timestamp(nanoseconds: .min)

        @inline(__always)
        func find(_ hash: UInt64) -> Int? {
            index.find(hash) { sightings[$0].hash == hash }
        }

        mutating func removeAll() {
            sightings.removeAll()
            furtherViews.removeAll()
            index.removeAll()
        }
    }

    /// Sightings further apart are of different packets.
    static let horizonNanoseconds: Int64 = 100_000_000
    /// 1.3 million packets a second before any is forgotten early.
    static let maximumCount = 131_072
    /// In place of the time of a sighting that is kept elsewhere.
    private static let forgotten = Timestamp(nanoseconds: .min)

    private var young = Generation()
    private var old = Generation()
    /// Sightings forgotten before their time since the last drain.
    var forgottenEarly: UInt64 = 0

    /// What is known of a packet before it is registered.
    struct Outlook {
        fileprivate let isNewToYoung: Bool
        fileprivate let isNewToOld: Bool
    }

    /// Looks where a packet would be; asked some time before `register`, it costs no waiting.
    @inline(__always)
    func outlook(_ hash: UInt64) -> Outlook {
        Outlook(isNewToYoung: young.index.isEmpty(at: hash), isNewToOld: old.index.isEmpty(at: hash))
    }

    /// Reads something of where a packet would be.
    @inline(__always)
    func glance(at hash: UInt64) -> UInt32 {
        young.index.isEmpty(at: hash) != old.index.isEmpty(at: hash) ? 1 : 0
    }

    /// Registers one frame.
    ///
    /// - Parameters:
    ///   - outlook: Of the hash, asked after the frame before was registered.
    ///   - hash: Of what translation leaves unchanged.
    ///   - hasIdentification: The identification is not 0.
    ///   - tag: Of the view within the point.
    ///   - point: The slot of the frame's point.
    ///   - serial: Of the point, or of what stands for it.
    ///   - direction: Of the packet at its point.
    ///   - time: When the frame was captured.
    /// - Returns: What the frame turned out to be.
    mutating func register(
        _ outlook: Outlook? = nil,
        hash: UInt64,
        hasIdentification: Bool,
        tag: UInt16,
        point: Int,
        serial: UInt32,
        direction: FlowDirection,
        at time: Timestamp
    ) -> Verdict {
        var outlook = outlook
        let age = time - young.start
        if age > Self.horizonNanoseconds || age < -Self.horizonNanoseconds
            || young.sightings.count >= Self.maximumCount
        {
            rotate(at: time)
            outlook = nil
        }
        young.end = max(young.end, time)
        let frame = Frame(
            hasIdentification: hasIdentification,
            tag: tag,
            point: Int32(truncatingIfNeeded: point),
            serial: serial,
            direction: direction,
            time: time
        )
        if outlook?.isNewToYoung != true, let found = young.find(hash) {
            if isRecent(young.sightings[found], at: time) {
                return young.sightings[found].registerFurther(frame, others: &young.furtherViews)
            }
            // Too old, or the clock stepped: another packet with the same face.
            young.sightings[found] = Sighting(hash: hash, frame)
            return frame.isFirst
        }
        if outlook?.isNewToOld != true, let found = old.find(hash), isRecent(old.sightings[found], at: time) {
            let verdict = old.sightings[found].registerFurther(frame, others: &old.furtherViews)
            // A new copy is young again.
            if verdict.isFirst { rejuvenate(found) }
            return verdict
        }
        young.index.insert(hash, slot: young.sightings.append(Sighting(hash: hash, frame)))
        return frame.isFirst
    }

    @inline(__always)
    private func isRecent(_ sighting: Sighting, at time: Timestamp) -> Bool {
        let age = time - sighting.firstSeen
        return age <= Self.horizonNanoseconds && age >= -Self.horizonNanoseconds
    }

    /// Makes the young generation the old one, and begins another in its place.
    private mutating func rotate(at time: Timestamp) {
        // Nearly always all of it is too old; a flood and a clock that stepped make the exception.
        let age = time - old.end
        if age <= Self.horizonNanoseconds {
            for slot in 0..<old.sightings.count where isRecent(old.sightings[slot], at: time) {
                forgottenEarly += 1
            }
        }
        swap(&young, &old)
        young.removeAll()
        young.start = time
        young.end = time
    }

    /// Moves a sighting from the old generation to the young one.
    private mutating func rejuvenate(_ slot: Int) {
        var sighting = old.sightings[slot]
        if sighting.furtherViews >= 0 {
            sighting.furtherViews = young.furtherViews.append(old.furtherViews[sighting.furtherViews])
        }
        old.sightings[slot].firstSeen = Self.forgotten
        young.index.insert(sighting.hash, slot: young.sightings.append(sighting))
    }
}

extension SightingTable {
    /// One frame, as it is registered.
    fileprivate struct Frame: BitwiseCopyable {
        let hasIdentification: Bool
        let tag: UInt16
        let point: Int32
        let serial: UInt32
        let direction: FlowDirection
        let time: Timestamp

        /// What it is if nothing is known of its packet.
        var isFirst: Verdict {
            Verdict(
                isFirst: true,
                isNewToPoint: true,
                rank: 0,
                firstPoint: point,
                firstSerial: serial,
                firstDirection: direction
            )
        }
    }
}

extension SightingTable.Sighting {
    fileprivate init(hash: UInt64, _ frame: SightingTable.Frame) {
        self.hash = hash
        firstSeen = frame.time
        firstPoint = frame.point
        firstSerial = frame.serial
        firstDirection = frame.direction
        pointCount = 1
        viewCount = 1
        copies = 1
        firstView = SightingTable.View(serial: frame.serial, tag: frame.tag, count: 1)
    }

    fileprivate mutating func registerFurther(
        _ frame: SightingTable.Frame,
        others: inout Slab<SightingTable.FurtherViews>
    ) -> SightingTable.Verdict {
        var mine: Int?
        var seenAtPoint: UInt8 = 0
        for slot in 0..<Int(viewCount) {
            let view = slot == 0 ? firstView : others[furtherViews][slot - 1]
            guard view.serial == frame.serial else { continue }
            seenAtPoint = max(seenAtPoint, view.count)
            if view.tag == frame.tag { mine = slot }
        }
        let rank = pointCount
        if seenAtPoint == 0, pointCount < .max { pointCount += 1 }
        var verdict = SightingTable.Verdict(
            isFirst: false,
            isNewToPoint: seenAtPoint == 0,
            rank: rank,
            firstPoint: firstPoint,
            firstSerial: firstSerial,
            firstDirection: firstDirection
        )
        guard let mine else {
            // A packet seen in more views than fit is flooded; the rest are just further ones.
            if Int(viewCount) <= SightingTable.FurtherViews.count {
                if furtherViews < 0 {
                    furtherViews = others.append(.init(repeating: SightingTable.View()))
                }
                others[furtherViews][Int(viewCount) - 1] =
                    SightingTable.View(serial: frame.serial, tag: frame.tag, count: 1)
                viewCount += 1
            } else {
                verdict.isNewToPoint = false
            }
            return verdict
        }
        let known = mine == 0 ? firstView.count : others[furtherViews][mine - 1].count
        guard !frame.hasIdentification, known < .max else { return verdict }
        let seen = known + 1
        if mine == 0 { firstView.count = seen } else { others[furtherViews][mine - 1].count = seen }
        verdict.isNewToPoint = seen > seenAtPoint
        if seen > copies {
            copies = seen
            firstSeen = frame.time
            firstPoint = frame.point
            firstSerial = frame.serial
            firstDirection = frame.direction
            return frame.isFirst.keeping(isNewToPoint: verdict.isNewToPoint)
        }
        return verdict
    }
}

extension SightingTable.Verdict {
    fileprivate func keeping(isNewToPoint: Bool) -> SightingTable.Verdict {
        var verdict = self
        verdict.isNewToPoint = isNewToPoint
        return verdict
    }
}
