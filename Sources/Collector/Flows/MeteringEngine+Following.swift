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
                if let roundTrip, !pool.slots[slot].keep(roundTrip: roundTrip) {
                    pool.findings(of: slot).add(roundTrip: roundTrip)
                }
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

    // MARK: - Streams

    private mutating func dissect(
        _ headers: PacketHeaders,
        payload: RawSpan,
        point: Int,
        _ direction: FlowDirection,
        rank: UInt8,
        at time: Timestamp
    ) {
        let isStream = headers.transport == .tcp
        guard isStream || headers.transport == .udp, !table.points[point].isOpaque else { return }
        if table.followers[point] == nil {
            guard headers.payloadLength > 0 else { return }
            table.followers[point] = makeFollower(point, headers.transport, rank: rank, at: time)
        }
        guard let follower = table.followers[point] else { return }
        if isStream {
            follower.segment(
                direction,
                sequence: headers.sequence,
                acknowledgment: headers.tcpFlags.contains(.ack) ? headers.acknowledgment : nil,
                flags: headers.tcpFlags,
                payload: payload,
                payloadLength: headers.payloadLength,
                at: time,
                into: &output
            )
        } else {
            follower.datagram(
                direction,
                payload: payload,
                payloadLength: headers.payloadLength,
                at: time,
                into: &output
            )
        }
        drainOutput(of: point)
        let connection = table.points[point].connection
        if table.connections[connection].orientation == .undecided, let client = follower.clientDirection {
            table.connections[connection].client = table.points[point].translate(client)
            table.connections[connection].orientation = .dissected
        }
        if follower.isOpaque {
            table.points[point].isOpaque = true
            table.followers[point] = nil
        }
    }

    /// A follower that knows what a late start would have it miss: where the streams begin.
    private mutating func makeFollower(
        _ point: Int,
        _ transport: TransportProtocol,
        rank: UInt8,
        at time: Timestamp
    ) -> StreamFollower {
        let follower = StreamFollower(
            transport: transport,
            originatorPort: table.points[point].originator.port,
            responderPort: table.points[point].responder.port,
            patience: configuration.patience,
            originatorAddress: table.points[point].originator.address,
            responderAddress: table.points[point].responder.address,
            shared: sharedState(rank: rank)
        )
        guard table.points[point].tracker >= 0 else { return follower }
        let tracker = table.trackers[table.points[point].tracker]
        for direction in [FlowDirection.fromOriginator, .fromResponder]
        where tracker[direction].hasInitialSequence {
            follower.segment(
                direction,
                sequence: tracker[direction].initialSequence,
                flags: direction == tracker.client ? .syn : [.syn, .ack],
                payload: RawSpan(),
                payloadLength: 0,
                at: tracker.lastSyn ?? time,
                into: &output
            )
        }
        return follower
    }

    /// What followers have in common, apart for each place on a packet's way.
    ///
    /// Until the vantage point of a flow is settled, several followers see one query. Those that
    /// see it second must not take it for a repetition in the lookups of its client.
    private mutating func sharedState(rank: UInt8) -> SharedDissectionState {
        let place = min(Int(rank), Self.maximumPlaces - 1)
        while sharedStates.count <= place { sharedStates.append(SharedDissectionState()) }
        return sharedStates[place]
    }

    /// Places kept apart; a packet is rarely sighted at more points.
    private static let maximumPlaces = 12

    /// Puts what a follower yielded into the windows it belongs to.
    mutating func drainOutput(of point: Int) {
        guard !output.isEmpty else { return }
        for index in output.started.indices {
            let slot = accumulator(of: point, at: min(output.started[index].at, now))
            pool.findings(of: slot).add(output.started[index])
        }
        if output.finished.count == 1 {
            // Nearly always: moved, not copied.
            let transaction = output.finished.removeLast()
            let slot = accumulator(of: point, at: min(transaction.endedAt, now))
            pool.findings(of: slot)
                .add(transaction, maximumOperations: configuration.maximumOperations)
        } else {
            for transaction in output.finished {
                let slot = accumulator(of: point, at: min(transaction.endedAt, now))
                pool.findings(of: slot)
                    .add(transaction, maximumOperations: configuration.maximumOperations)
            }
        }
        for index in output.handshakes.indices {
            let slot = accumulator(of: point, at: min(output.handshakes[index].at, now))
            pool.findings(of: slot).add(output.handshakes[index])
        }
        if !output.losses.isEmpty || !output.recognized.isEmpty || !output.messages.isEmpty {
            let slot = accumulator(of: point, at: now)
            let findings = pool.findings(of: slot)
            for loss in output.losses { findings.add(loss) }
            for name in output.recognized { findings.add(recognized: name) }
            for messages in output.messages { findings.add(messages) }
        }
        if !output.names.isEmpty {
            let window = window(at: now)
            for named in output.names {
                let endpoint = Endpoint(named.address, cluster: configuration.cluster, reporter: reporter)
                let name = NameObservation(endpoint: endpoint, name: named.name, source: named.source)
                window.note(name, limit: configuration.maximumNames)
            }
        }
        output.removeAll()
    }
}
