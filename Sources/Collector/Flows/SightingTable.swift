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
/// Sightings are kept in a ring in the order of arrival, found through a hash index. The ring
/// grows to `maximumCount`; beyond that the oldest are forgotten early, and counted.
struct SightingTable: ~Copyable {
    /// What is known of one packet.
    struct Sighting: BitwiseCopyable {
        var hash: UInt64 = 0
        /// When its latest copy was first sighted.
        var firstSeen = forgotten
        /// The point of the first sighting, with its serial: slots are used again.
        var firstPoint: Int32 = -1
        var firstSerial: UInt32 = 0
        var firstDirection = FlowDirection.fromOriginator
        /// How many points have seen it, for the order of points along its way.
        var pointCount: UInt8 = 0
        var viewCount: UInt8 = 0
        /// Copies sighted so far, 1 unless the identification is 0.
        var copies: UInt8 = 0
        var firstView = View()

        init() {}
    }

    /// The views of a packet after the first: of packets seen in one way only, which most are,
    /// they are never touched.
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

    /// Sightings further apart are of different packets.
    static let horizonNanoseconds: Int64 = 100_000_000
    /// In place of the time of an empty place in the ring.
    fileprivate static let forgotten = Timestamp(nanoseconds: .min)
    /// 2.6 million packets a second before any is forgotten early.
    static let maximumCount = 262_144

    private var ring: Slab<Sighting>
    /// In step with the ring; meaningful from the second view of a sighting on.
    private var furtherViews: Slab<FurtherViews>
    /// The size of the ring, a power of two, less one.
    private var mask: Int
    private var head = 0
    private var count = 0
    private var index: SlotIndex
    /// Sightings forgotten before their time since the last drain.
    var forgottenEarly: UInt64 = 0

    init() {
        let size = 1_024
        ring = Slab(minimumCapacity: size)
        furtherViews = Slab(minimumCapacity: size)
        for _ in 0..<size {
            _ = ring.append(Sighting())
            _ = furtherViews.append(FurtherViews(repeating: View()))
        }
        mask = size - 1
        index = SlotIndex(minimumCapacity: 2 * size)
    }

    /// Registers one frame.
    ///
    /// - Parameters:
    ///   - hash: Of what translation leaves unchanged.
    ///   - hasIdentification: The identification is not 0.
    ///   - tag: Of the view within the point.
    ///   - point: The slot of the frame's point.
    ///   - serial: Of the point, or of what stands for it.
    ///   - direction: Of the packet at its point.
    ///   - time: When the frame was captured.
    /// - Returns: What the frame turned out to be.
    mutating func register(
        hash: UInt64,
        hasIdentification: Bool,
        tag: UInt16,
        point: Int,
        serial: UInt32,
        direction: FlowDirection,
        at time: Timestamp
    ) -> Verdict {
        expire(before: time + -Self.horizonNanoseconds)
        let number = Int32(truncatingIfNeeded: point)
        if let found = index.find(hash, matches: { ring[$0].hash == hash }) {
            let age = time - ring[found].firstSeen
            if age <= Self.horizonNanoseconds, age >= -Self.horizonNanoseconds {
                let verdict = ring[found].registerFurther(
                    hasIdentification: hasIdentification,
                    tag: tag,
                    point: number,
                    serial: serial,
                    direction: direction,
                    at: time,
                    others: &furtherViews[found]
                )
                // A new copy is young again: left in place it would hold up the expiry of others.
                if verdict.isFirst { moveToTail(found) }
                return verdict
            }
            // Too old, or the clock stepped: another packet with the same face.
            forget(found)
        }
        let slot = appendSlot()
        ring[slot] = Sighting(
            hash: hash,
            tag: tag,
            point: number,
            serial: serial,
            direction: direction,
            at: time
        )
        index.insert(hash, slot: slot)
        return Verdict(
            isFirst: true,
            isNewToPoint: true,
            rank: 0,
            firstPoint: number,
            firstSerial: serial,
            firstDirection: direction
        )
    }

    private mutating func moveToTail(_ slot: Int) {
        let moved = ring[slot]
        let views = furtherViews[slot]
        forget(slot)
        let tail = appendSlot()
        ring[tail] = moved
        furtherViews[tail] = views
        index.insert(moved.hash, slot: tail)
    }

    /// Leaves an empty place in the ring, which expires in its turn.
    private mutating func forget(_ slot: Int) {
        index.remove(ring[slot].hash, slot: slot)
        ring[slot].firstSeen = Self.forgotten
    }

    private mutating func appendSlot() -> Int {
        if count == mask + 1 {
            if count < Self.maximumCount {
                grow()
            } else {
                removeHead()
                forgottenEarly += 1
            }
        }
        let slot = (head + count) & mask
        count += 1
        return slot
    }

    private mutating func expire(before horizon: Timestamp) {
        while count > 0, ring[head].firstSeen < horizon { removeHead() }
    }

    private mutating func removeHead() {
        index.remove(ring[head].hash, slot: head)
        head = (head + 1) & mask
        count -= 1
    }

    private mutating func grow() {
        let size = (mask + 1) * 2
        var larger = Slab<Sighting>(minimumCapacity: size)
        var largerViews = Slab<FurtherViews>(minimumCapacity: size)
        index = SlotIndex(minimumCapacity: size * 2)
        for offset in 0..<count {
            let slot = (head + offset) & mask
            if ring[slot].firstSeen == Self.forgotten { continue }
            let moved = larger.append(ring[slot])
            _ = largerViews.append(furtherViews[slot])
            index.insert(ring[slot].hash, slot: moved)
        }
        count = larger.count
        while larger.count < size {
            _ = larger.append(Sighting())
            _ = largerViews.append(FurtherViews(repeating: View()))
        }
        ring = larger
        furtherViews = largerViews
        mask = size - 1
        head = 0
    }
}

extension SightingTable.Sighting {
    fileprivate init(
        hash: UInt64,
        tag: UInt16,
        point: Int32,
        serial: UInt32,
        direction: FlowDirection,
        at time: Timestamp
    ) {
        self.hash = hash
        firstSeen = time
        firstPoint = point
        firstSerial = serial
        firstDirection = direction
        pointCount = 1
        viewCount = 1
        copies = 1
        firstView = SightingTable.View(serial: serial, tag: tag, count: 1)
    }

    fileprivate mutating func registerFurther(
        hasIdentification: Bool,
        tag: UInt16,
        point: Int32,
        serial: UInt32,
        direction: FlowDirection,
        at time: Timestamp,
        others: inout SightingTable.FurtherViews
    ) -> SightingTable.Verdict {
        var mine: Int?
        var seenAtPoint: UInt8 = 0
        for slot in 0..<Int(viewCount) {
            let view = slot == 0 ? firstView : others[slot - 1]
            guard view.serial == serial else { continue }
            seenAtPoint = max(seenAtPoint, view.count)
            if view.tag == tag { mine = slot }
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
            if Int(viewCount) <= others.count {
                others[Int(viewCount) - 1] = SightingTable.View(serial: serial, tag: tag, count: 1)
                viewCount += 1
            } else {
                verdict.isNewToPoint = false
            }
            return verdict
        }
        let known = mine == 0 ? firstView.count : others[mine - 1].count
        guard !hasIdentification, known < .max else { return verdict }
        let seen = known + 1
        if mine == 0 { firstView.count = seen } else { others[mine - 1].count = seen }
        verdict.isNewToPoint = seen > seenAtPoint
        if seen > copies {
            copies = seen
            firstSeen = time
            firstPoint = point
            firstSerial = serial
            firstDirection = direction
            verdict.isFirst = true
            verdict.rank = 0
            verdict.firstPoint = point
            verdict.firstSerial = serial
            verdict.firstDirection = direction
        }
        return verdict
    }
}
