// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension MeteringEngine.State {
    /// Follows a packet at its point: activity and roles always, segments and streams only where
    /// the point may be the vantage point and sees the packet for the first time.
    mutating func follow(
        _ headers: PacketHeaders,
        payload: RawSpan,
        point: Int,
        _ direction: FlowDirection,
        _ verdict: SightingTable.Verdict,
        at time: Timestamp
    ) {
        let isNew = verdict.isNewToPoint
        if headers.transport == .tcp {
            noteHandshake(headers, point: point, direction)
            if isNew, !table.points[point].isPassive {
                let tracker = table.tracker(of: point)
                let slot = accumulator(of: point, at: time)
                let roundTrip = table.trackers[tracker].account(
                    headers,
                    direction,
                    at: time,
                    holes: &table.holes,
                    into: &pool.slots[slot]
                )
                if let roundTrip { pool.add(roundTrip: roundTrip, to: slot) }
            }
            touch(headers, point: point, isFirst: verdict.isFirst, at: time)
        } else {
            orientEcho(headers, point: point, direction)
            let connection = table.points[point].connection
            let reached: FlowConnection.Stage = table.points[point].seesBoth ? .exchange : .datagrams
            table.touch(connection, stage: max(table.connections[connection].stage, reached), at: time)
        }
        guard isNew, configuration.dissects, !table.points[point].isPassive else { return }
        dissect(headers, payload: payload, point: point, direction, rank: verdict.rank, at: time)
    }

    /// Keeps what tells connections on one four-tuple apart, and who the client is.
    private mutating func noteHandshake(_ headers: PacketHeaders, point: Int, _ direction: FlowDirection) {
        guard headers.tcpFlags.contains(.syn), !headers.tcpFlags.contains(.rst) else { return }
        let isAnswer = headers.tcpFlags.contains(.ack)
        let client = table.points[point].translate(isAnswer ? direction.opposite : direction)
        let connection = table.points[point].connection
        if table.connections[connection].orientation != .observed {
            table.connections[connection].orientation = .observed
            table.connections[connection].client = client
        }
        guard client == table.connections[connection].client else { return }
        if isAnswer {
            if table.points[point].serverInitialSequence == nil {
                table.points[point].serverInitialSequence = headers.sequence
            }
            if table.points[point].clientInitialSequence == nil {
                table.points[point].clientInitialSequence = headers.acknowledgment &- 1
            }
        } else if table.points[point].clientInitialSequence == nil {
            table.points[point].clientInitialSequence = headers.sequence
        }
    }

    /// Moves the connection on to the stage its point is in.
    private mutating func touch(_ headers: PacketHeaders, point: Int, isFirst: Bool, at time: Timestamp) {
        let connection = table.points[point].connection
        let stage = table.connections[connection].stage
        let reached: FlowConnection.Stage =
            switch table.phase(of: point) {
            case .established, .midstream: table.points[point].isConversation ? .established : .unproven
            case .closed: .closed
            case .attempting, .failed, .new: .attempting
            }
        let next = max(stage, reached)
        // Before its verdict only a SYN counts as activity: patience begins with the last one.
        if next == .attempting, !(headers.tcpFlags.isAttempt && isFirst) { return }
        table.touch(connection, stage: next, at: time)
    }

    /// An echo request has a client as a SYN has one.
    private mutating func orientEcho(_ headers: PacketHeaders, point: Int, _ direction: FlowDirection) {
        let isRequest: Bool
        switch (headers.transport, headers.icmpType) {
        case (.icmp, 8), (.icmpv6, 128): isRequest = true
        case (.icmp, 0), (.icmpv6, 129): isRequest = false
        default: return
        }
        let connection = table.points[point].connection
        guard table.connections[connection].orientation == .undecided else { return }
        table.connections[connection].client =
            table.points[point].translate(isRequest ? direction : direction.opposite)
        table.connections[connection].orientation = .dissected
    }
}
