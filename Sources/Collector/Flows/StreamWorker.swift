// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Follows the streams of all points: the part of an engine that may be on a thread of its own.
///
/// It is told everything by records, in the order of the capture, and never reads a clock; what it
/// finds does not depend on when it gets to it.
struct StreamWorker: ~Copyable {
    private let patience: Patience
    private let headers: SampledHeaders?
    /// By point; `nil` where the stream is parked, or not followed.
    private var followers: [StreamFollower?] = []
    /// What else is known of each: apart, so that a segment takes hold of its follower once.
    private var streams = Slab<Stream>()
    /// Streams at rest.
    private var parked = ParkedStreams()
    /// How long a stream has no packet before it is parked.
    private let restNanoseconds: Int64
    /// The point that is looked at next for being at rest.
    private var hand = 0
    /// What followers have in common, by their place on a packet's way.
    ///
    /// Until the vantage point of a flow is settled, several followers see one query. Those that
    /// see it second must not take it for a repetition in the lookups of its client.
    private var sharedStates: [SharedDissectionState] = []
    private var ends = Pair<PointKey.End>(StreamWorker.nowhere, StreamWorker.nowhere)
    /// How much of what was found has a mark.
    private var marked = 0
    /// What was found and not handed over yet.
    var batch = FollowBatch()
    /// The same that cannot wait for a batch.
    var notices: [FollowNotice] = []

    // Not private: Swift 6.3.1 cannot destroy a value that has one such inside from another file.
    struct Stream: BitwiseCopyable {
        let serial: UInt32
        /// Where it is parked, or -1.
        @SlotNumber var parked: Int = -1
        /// Which of the states that followers share is its own.
        let place: UInt8
        var isClientKnown = false
    }

    private static let nowhere = PointKey.End(address: IPAddress(v4: 0), port: 0)
    /// Places kept apart; a packet is rarely sighted at more points.
    private static let maximumPlaces: UInt8 = 12

    init(patience: Patience, headers: SampledHeaders?, restNanoseconds: Int64) {
        self.patience = patience
        self.restNanoseconds = restNanoseconds
        self.headers = headers
    }

    /// Does what a record says.
    ///
    /// - Parameters:
    ///   - record: What happened.
    ///   - payload: Of a segment or a datagram.
    mutating func apply(_ record: FollowRecord, payload: RawSpan) {
        let point = Int(record.point)
        switch record.kind {
        case .end: ends[record.direction] = record.end
        case .openStream: open(record, transport: .tcp)
        case .openDatagrams: open(record, transport: .udp)
        case .segment, .datagram: offer(record, payload: payload)
        case .close:
            guard let follower = follower(of: point) else { return }
            followers[point] = nil
            follower.close(at: record.time, into: &batch.output)
            mark(point, now: record.now)
        case .release: forget(point)
        case .advance: advance(record)
        case .endOfInput:
            for point in followers.indices {
                guard let follower = followers[point] else { continue }
                follower.endOfInput(into: &batch.output)
                mark(point, now: record.now)
            }
        case .report, .reportWithGauges:
            if record.kind == .reportWithGauges { noteInFlight() }
            parkIdle(at: record.now)
            // It is taken now.
            marked = 0
        case .stop: break
        }
    }

    /// Hands over what was found, for a batch to be used again.
    mutating func exchange(_ other: inout FollowBatch) { swap(&batch, &other) }

    @inline(__always)
    private mutating func follower(of point: Int) -> StreamFollower? {
        guard point >= 0, point < followers.count else { return nil }
        return followers[point] ?? unparked(point)
    }

    private mutating func unparked(_ point: Int) -> StreamFollower? {
        let slot = streams[point].parked
        guard slot >= 0 else { return nil }
        streams[point].parked = -1
        let follower = parked.take(
            slot,
            patience: patience,
            shared: sharedState(place: Int(streams[point].place))
        )
        followers[point] = follower
        return follower
    }

    private mutating func forget(_ point: Int) {
        guard point >= 0, point < followers.count else { return }
        followers[point] = nil
        guard streams[point].parked >= 0 else { return }
        parked.remove(streams[point].parked)
        streams[point].parked = -1
    }

    /// Parks what is at rest and had no packet for a while, a part of all points at a time.
    private mutating func parkIdle(at now: Timestamp) {
        var left = max(FollowLimits.pointsLookedAt, followers.count / FollowLimits.looksAtAllPoints)
        left = min(left, followers.count)
        while left > 0 {
            left -= 1
            hand = hand + 1 < followers.count ? hand + 1 : 0
            if let last = followers[hand]?.lastTime, now - last >= restNanoseconds { park(hand) }
        }
    }

    private mutating func open(_ record: FollowRecord, transport: TransportProtocol) {
        let point = Int(record.point)
        while followers.count <= point {
            followers.append(nil)
            _ = streams.append(Stream(serial: 0, place: 0))
        }
        forget(point)
        let place = min(record.rank, Self.maximumPlaces - 1)
        let follower = StreamFollower(
            transport: transport,
            originatorPort: ends.forward.port,
            responderPort: ends.backward.port,
            patience: patience,
            originatorAddress: ends.forward.address,
            responderAddress: ends.backward.address,
            shared: sharedState(place: Int(place))
        )
        followers[point] = follower
        streams[point] = Stream(serial: record.serial, place: place)
    }

    private mutating func sharedState(place: Int) -> SharedDissectionState {
        while sharedStates.count <= place { sharedStates.append(SharedDissectionState(headers: headers)) }
        return sharedStates[place]
    }

    private mutating func offer(_ record: FollowRecord, payload: RawSpan) {
        let point = Int(record.point)
        guard let follower = follower(of: point) else { return }
        if record.kind == .segment {
            let flags = TCPFlags(rawValue: record.flags)
            follower.segment(
                record.direction,
                sequence: record.sequence,
                acknowledgment: flags.contains(.ack) ? record.acknowledgment : nil,
                flags: flags,
                payload: payload,
                payloadLength: Int(record.payloadLength),
                at: record.time,
                into: &batch.output
            )
        } else {
            follower.datagram(
                record.direction,
                payload: payload,
                payloadLength: Int(record.payloadLength),
                at: record.time,
                into: &batch.output
            )
        }
        mark(point, now: record.now)
        if !streams[point].isClientKnown, let client = follower.clientDirection {
            streams[point].isClientKnown = true
            notify(.client, client, record)
        }
        if follower.isOpaque {
            followers[point] = nil
            notify(.opaque, .fromOriginator, record)
        }
        if restNanoseconds <= 0 { park(point) }
    }

    /// Parks a stream where it is at rest.
    private mutating func park(_ point: Int) {
        guard let follower = followers[point],
            let slot = parked.park(follower, place: streams[point].place)
        else { return }
        streams[point].parked = slot
        followers[point] = nil
    }

    /// Tells followers that wait for it how late it is.
    private mutating func advance(_ record: FollowRecord) {
        for point in followers.indices {
            guard let follower = followers[point], let deadline = follower.deadline, deadline <= record.time
            else { continue }
            follower.advance(to: record.time, into: &batch.output)
            mark(point, now: record.now)
        }
    }

    private mutating func noteInFlight() {
        for point in followers.indices {
            guard let (name, count) = followers[point]?.inFlight, count > 0 else { continue }
            batch.inFlight.append(
                .init(point: Int32(truncatingIfNeeded: point), applicationProtocol: name, count: count)
            )
        }
    }

    /// Notes where and when the newest part of the output was found.
    @inline(__always)
    private mutating func mark(_ point: Int, now: Timestamp) {
        let total = batch.output.total
        if total != marked { mark(point, total, now: now) }
    }

    private mutating func mark(_ point: Int, _ total: Int, now: Timestamp) {
        marked = total
        batch.marks.append(
            .init(
                point: Int32(truncatingIfNeeded: point),
                serial: streams[point].serial,
                now: now,
                counts: batch.output.counts
            )
        )
    }

    private mutating func notify(
        _ kind: FollowNotice.Kind,
        _ direction: FlowDirection,
        _ record: FollowRecord
    ) {
        notices.append(
            FollowNotice(kind: kind, direction: direction, point: record.point, serial: record.serial)
        )
    }
}
