// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Follows the streams of all points: the part of an engine that may be on a thread of its own.
///
/// It is told everything by records, in the order of the capture, and never reads a clock; what it
/// finds does not depend on when it gets to it.
final class StreamWorker {
    private let patience: Patience
    private let headers: SampledHeaders?
    /// By point.
    private var streams: [Stream?] = []
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

    private struct Stream {
        let follower: StreamFollower
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
    func apply(_ record: FollowRecord, payload: RawSpan) {
        let point = Int(record.point)
        switch record.kind {
        case .end: ends[record.direction] = record.end
        case .openStream: open(record, transport: .tcp)
        case .openDatagrams: open(record, transport: .udp)
        case .segment, .datagram: offer(record, payload: payload)
        case .close:
            guard let stream = stream(of: point) else { return }
            streams[point] = nil
            stream.follower.close(at: record.time, into: &batch.output)
            mark(point, stream.serial, now: record.now)
        case .release:
            if point >= 0, point < streams.count { streams[point] = nil }
        case .advance: advance(record)
        case .endOfInput:
            for point in streams.indices {
                guard let stream = streams[point] else { continue }
                stream.follower.endOfInput(into: &batch.output)
                mark(point, stream.serial, now: record.now)
            }
        case .report, .reportWithGauges:
            if record.kind == .reportWithGauges { noteInFlight() }
            // It is taken now.
            marked = 0
        case .stop: break
        }
    }

    private func stream(of point: Int) -> Stream? {
        point >= 0 && point < streams.count ? streams[point] : nil
    }

    private func open(_ record: FollowRecord, transport: TransportProtocol) {
        let point = Int(record.point)
        while streams.count <= point { streams.append(nil) }
        let follower = StreamFollower(
            transport: transport,
            originatorPort: ends.forward.port,
            responderPort: ends.backward.port,
            patience: patience,
            originatorAddress: ends.forward.address,
            responderAddress: ends.backward.address,
            shared: sharedState(rank: record.rank)
        )
        streams[point] = Stream(follower: follower, serial: record.serial)
    }

    private func sharedState(rank: UInt8) -> SharedDissectionState {
        let place = min(Int(rank), Self.maximumPlaces - 1)
        while sharedStates.count <= place { sharedStates.append(SharedDissectionState(headers: headers)) }
        return sharedStates[place]
    }

    private func offer(_ record: FollowRecord, payload: RawSpan) {
        let point = Int(record.point)
        guard let stream = stream(of: point) else { return }
        let follower = stream.follower
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
        mark(point, stream.serial, now: record.now)
        if !stream.isClientKnown, let client = follower.clientDirection {
            streams[point]?.isClientKnown = true
            notify(.client, client, record)
        }
        if follower.isOpaque {
            streams[point] = nil
            notify(.opaque, .fromOriginator, record)
        }
    }

    /// Tells followers that wait for it how late it is.
    private func advance(_ record: FollowRecord) {
        for point in streams.indices {
            guard let stream = streams[point], let deadline = stream.follower.deadline,
                deadline <= record.time
            else { continue }
            stream.follower.advance(to: record.time, into: &batch.output)
            mark(point, stream.serial, now: record.now)
        }
    }

    private func noteInFlight() {
        for point in streams.indices {
            guard let (name, count) = streams[point]?.follower.inFlight, count > 0 else { continue }
            batch.inFlight.append(
                .init(point: Int32(truncatingIfNeeded: point), applicationProtocol: name, count: count)
            )
        }
    }

    /// Notes where and when the newest part of the output was found.
    private func mark(_ point: Int, _ serial: UInt32, now: Timestamp) {
        let total = batch.output.total
        guard total != marked else { return }
        marked = total
        batch.marks.append(
            .init(
                point: Int32(truncatingIfNeeded: point),
                serial: serial,
                now: now,
                counts: batch.output.counts
            )
        )
    }

    private func notify(_ kind: FollowNotice.Kind, _ direction: FlowDirection, _ record: FollowRecord) {
        notices.append(
            FollowNotice(kind: kind, direction: direction, point: record.point, serial: record.serial)
        )
    }
}
