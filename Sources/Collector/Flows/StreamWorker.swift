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
    /// By point.
    private var followers: [StreamFollower?] = []
    /// What else is known of each: apart, so that a segment takes hold of its follower once.
    private var streams = Slab<Stream>()
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
        var isClientKnown = false
    }

    private static let nowhere = PointKey.End(address: IPAddress(v4: 0), port: 0)
    /// Places kept apart; a packet is rarely sighted at more points.
    private static let maximumPlaces = 12

    init(patience: Patience, headers: SampledHeaders?) {
        self.patience = patience
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
        case .release:
            if point >= 0, point < followers.count { followers[point] = nil }
        case .advance: advance(record)
        case .endOfInput:
            for point in followers.indices {
                guard let follower = followers[point] else { continue }
                follower.endOfInput(into: &batch.output)
                mark(point, now: record.now)
            }
        case .report, .reportWithGauges:
            if record.kind == .reportWithGauges { noteInFlight() }
            // It is taken now.
            marked = 0
        case .stop: break
        }
    }

    /// Hands over what was found, for a batch to be used again.
    mutating func exchange(_ other: inout FollowBatch) { swap(&batch, &other) }

    @inline(__always)
    private func follower(of point: Int) -> StreamFollower? {
        point >= 0 && point < followers.count ? followers[point] : nil
    }

    private mutating func open(_ record: FollowRecord, transport: TransportProtocol) {
        let point = Int(record.point)
        while followers.count <= point {
            followers.append(nil)
            _ = streams.append(Stream(serial: 0))
        }
        let follower = StreamFollower(
            transport: transport,
            originatorPort: ends.forward.port,
            responderPort: ends.backward.port,
            patience: patience,
            originatorAddress: ends.forward.address,
            responderAddress: ends.backward.address,
            shared: sharedState(rank: record.rank)
        )
        followers[point] = follower
        streams[point] = Stream(serial: record.serial)
    }

    private mutating func sharedState(rank: UInt8) -> SharedDissectionState {
        let place = min(Int(rank), Self.maximumPlaces - 1)
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
