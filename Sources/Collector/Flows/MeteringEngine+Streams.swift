// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Streams: what they are told, and what comes back.
///
/// Whoever follows them may be on another thread. So they are told by records and answer in
/// batches, at the end of each window, after so many packets and where so many connections have
/// ended: points of the capture that are the same for one thread and for two, as everything is that
/// is done with the answers. Only who the client is cannot wait that long.
extension MeteringEngine.State {
    /// Offers a packet to the streams of its point.
    mutating func dissect(
        _ headers: PacketHeaders,
        payload: RawSpan,
        point: Int,
        _ direction: FlowDirection,
        rank: UInt8,
        at time: Timestamp
    ) {
        let isStream = headers.transport == .tcp
        guard isStream || headers.transport == .udp else { return }
        offers += 1
        if offers > FollowLimits.offersBetweenReports { settleStreams() }
        // Most packets of streams that nothing comes of end here.
        guard !table.points[point].isOpaque, configuration.dissects else { return }
        if !table.points[point].isFollowed {
            guard headers.payloadLength > 0 else { return }
            openStreams(of: point, isStream ? .openStream : .openDatagrams, rank: rank, at: time)
        }
        var packet = record(isStream ? .segment : .datagram, of: point, at: time)
        packet.direction = direction
        packet.flags = headers.tcpFlags.rawValue
        packet.sequence = headers.sequence
        packet.acknowledgment = headers.acknowledgment
        packet.payloadLength = UInt32(clamping: headers.payloadLength)
        following?.push(packet, payload: payload)
        if following?.hasNoticesOfItsOwn == true { takeNotices() }
    }

    private mutating func record(_ kind: FollowRecord.Kind, of point: Int, at time: Timestamp) -> FollowRecord
    {
        FollowRecord(kind, point: point, serial: table.points[point].serial, at: time, now: now)
    }

    /// Begins to follow, and tells what a late start would have the follower miss: where the
    /// streams begin.
    private mutating func openStreams(
        of point: Int,
        _ kind: FollowRecord.Kind,
        rank: UInt8,
        at time: Timestamp
    ) {
        table.points[point].isFollowed = true
        let originator = FollowRecord(.fromOriginator, table.points[point].originator, point: point)
        following?.push(originator)
        let responder = FollowRecord(.fromResponder, table.points[point].responder, point: point)
        following?.push(responder)
        var opening = record(kind, of: point, at: time)
        opening.rank = rank
        following?.push(opening)
        guard table.points[point].tracker >= 0 else { return }
        let tracker = table.trackers[table.points[point].tracker]
        for direction in [FlowDirection.fromOriginator, .fromResponder]
        where tracker[direction].hasInitialSequence {
            var syn = record(.segment, of: point, at: tracker.lastSyn ?? time)
            syn.direction = direction
            syn.flags = TCPFlags.syn.rawValue
            syn.sequence = tracker[direction].initialSequence
            following?.push(syn)
        }
    }

    /// Ends the streams of a point that did not end by themselves.
    mutating func closeStreams(of point: Int, at time: Timestamp) {
        guard table.points[point].isFollowed, !table.points[point].isOpaque else { return }
        let closing = record(.close, of: point, at: time)
        following?.push(closing)
        table.points[point].isOpaque = true
    }

    /// Lets go of the streams of a point that is removed.
    mutating func releaseStreams(of point: Int) {
        guard table.points[point].isFollowed else { return }
        let release = record(.release, of: point, at: now)
        following?.push(release)
    }

    /// Lets go of the streams of a point that stays; what was found in them may be on its way.
    mutating func abandonStreams(of point: Int) {
        guard table.points[point].isFollowed, !table.points[point].isOpaque else { return }
        releaseStreams(of: point)
        table.points[point].isOpaque = true
        opaquePoints.append(.init(point: point, serial: table.points[point].serial))
    }

    /// Tells all streams something.
    mutating func pushToStreams(_ kind: FollowRecord.Kind, at time: Timestamp? = nil) {
        following?.push(FollowRecord(kind, at: time ?? now, now: now))
    }

    // MARK: - Who the client is

    mutating func isOriented(_ connection: Int) -> Bool {
        if case .undecided = table.connections[connection].orientation { false } else { true }
    }

    /// Whether a dissector may know who the client is, or may find out from what it was told.
    mutating func mayBeOriented(_ connection: Int) -> Bool {
        guard following?.isOnOtherThread == true, !isOriented(connection) else { return false }
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            let isToldNoMore = table.points[point].isPassive || table.connections[connection].hasEnded
            if table.points[point].isFollowed, !table.points[point].isOpaque || isToldNoMore { return true }
            point = table.points[point].nextPoint
        }
        return false
    }

    /// Waits until all dissectors have seen what they were told.
    mutating func awaitOrientation() {
        following?.waitForAll()
        takeNotices()
    }

    /// Waits where two connections become one and it could matter which dissector is heard first.
    mutating func awaitOrientation(of left: Int, and right: Int) {
        let (mayLeft, mayRight) = (mayBeOriented(left), mayBeOriented(right))
        guard mayLeft || mayRight else { return }
        let isSettled = table.connections[left].vantage >= 0 && table.connections[right].vantage >= 0
        let (isLeft, isRight) = (isOriented(left), isOriented(right))
        if isSettled || (mayLeft || isLeft) && (mayRight || isRight) { awaitOrientation() }
    }

    /// Does what notices say; each is of the point that it names, or of none that still matters.
    private mutating func takeNotices() {
        while let notice = following?.nextNotice() {
            let point = Int(notice.point)
            guard table.isSame(point, serial: notice.serial) else { continue }
            switch notice.kind {
            case .client:
                let connection = table.points[point].connection
                guard !isOriented(connection) else { continue }
                table.connections[connection].client = table.points[point].translate(notice.direction)
                table.connections[connection].orientation = .dissected
            case .opaque:
                table.points[point].isOpaque = true
                opaquePoints.append(.init(point: point, serial: notice.serial))
            }
        }
    }

    // MARK: - What was found

    /// Takes everything that was found in streams so far, and lets go of connections that waited for
    /// it.
    mutating func settleStreams(_ kind: FollowRecord.Kind = .report) {
        guard configuration.dissects else { return }
        offers = 0
        following?.report(FollowRecord(kind, at: now, now: now), into: &batch)
        takeNotices()
        drainBatch()
        for opaque in opaquePoints where table.isSame(opaque.point, serial: opaque.serial) {
            // One that is over is kept as it is until it is removed below.
            if !table.points[opaque.point].isOver { table.points[opaque.point].isFollowed = false }
        }
        opaquePoints.removeAll(keepingCapacity: true)
        var ended: [Int] = []
        swap(&ended, &endedConnections)
        for connection in ended { collectLast(connection) }
        ended.removeAll(keepingCapacity: true)
        swap(&ended, &endedConnections)
    }

    /// Whether something may still come of the streams of a connection.
    mutating func isFollowed(_ connection: Int) -> Bool {
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            if table.points[point].isFollowed { return true }
            point = table.points[point].nextPoint
        }
        return false
    }

    /// Takes a connection that is over off the table until it is known what was found in it.
    mutating func retireLater(_ connection: Int) {
        table.retire(connection)
        endedConnections.append(connection)
        if endedConnections.count >= FollowLimits.endedConnections { settleStreams() }
    }

    /// Requests without an outcome at a point, as of the last report with gauges.
    mutating func inFlight(at point: Int) -> (applicationProtocol: ApplicationProtocol, count: UInt64)? {
        var (low, high) = (0, batch.inFlight.count)
        while low < high {
            let middle = (low + high) / 2
            if Int(batch.inFlight[middle].point) < point { low = middle + 1 } else { high = middle }
        }
        guard low < batch.inFlight.count, Int(batch.inFlight[low].point) == point else { return nil }
        return (batch.inFlight[low].applicationProtocol, batch.inFlight[low].count)
    }

    /// Puts what was found into the windows it belongs to.
    private mutating func drainBatch() {
        guard !batch.marks.isEmpty else { return }
        // Out of the state meanwhile, which is changed.
        var found = FollowBatch()
        swap(&found, &batch)
        var from = DissectionOutput.Counts()
        for mark in found.marks {
            if table.isSame(Int(mark.point), serial: mark.serial) {
                drain(found.output, from: from, to: mark.counts, of: Int(mark.point), at: mark.now)
            }
            if from.names < mark.counts.names {
                drainNames(found.output.names[from.names..<mark.counts.names], at: mark.now)
            }
            from = mark.counts
        }
        found.output.removeAll()
        found.marks.removeAll(keepingCapacity: true)
        swap(&found, &batch)
    }

    /// Puts what one mark stands for into the windows of its point.
    private mutating func drain(
        _ output: DissectionOutput,
        from: DissectionOutput.Counts,
        to end: DissectionOutput.Counts,
        of point: Int,
        at instant: Timestamp
    ) {
        for index in from.started..<end.started {
            let slot = accumulator(of: point, at: min(output.started[index].at, instant))
            pool.findings(of: slot).add(output.started[index])
        }
        for index in from.finished..<end.finished {
            let slot = accumulator(of: point, at: min(output.finished[index].endedAt, instant))
            pool.findings(of: slot)
                .add(output.finished[index], maximumOperations: configuration.maximumOperations)
        }
        for index in from.handshakes..<end.handshakes {
            let slot = accumulator(of: point, at: min(output.handshakes[index].at, instant))
            pool.findings(of: slot).add(output.handshakes[index])
        }
        guard from.losses < end.losses || from.recognized < end.recognized || from.messages < end.messages
        else { return }
        let findings = pool.findings(of: accumulator(of: point, at: instant))
        for index in from.losses..<end.losses { findings.add(output.losses[index]) }
        for index in from.recognized..<end.recognized { findings.add(recognized: output.recognized[index]) }
        for index in from.messages..<end.messages { findings.add(output.messages[index]) }
    }

    private mutating func drainNames(_ names: ArraySlice<DissectionOutput.Named>, at instant: Timestamp) {
        let window = window(at: instant)
        for named in names {
            let endpoint = Endpoint(named.address, cluster: configuration.cluster, reporter: reporter)
            let name = NameObservation(endpoint: endpoint, name: named.name, source: named.source)
            window.note(name, limit: configuration.maximumNames)
        }
    }
}
