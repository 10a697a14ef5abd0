// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension MeteringEngine.State {
    /// Puts a frame with sound headers in its class, and its packet on its flow.
    ///
    /// - Parameters:
    ///   - headers: Of the packet.
    ///   - payload: What was captured of it.
    ///   - place: Where the packet is looked for.
    ///   - time: When it was captured.
    mutating func meter(
        _ headers: PacketHeaders,
        payload: RawSpan,
        place: PacketPlace,
        at time: Timestamp
    ) {
        let (interface, hash, keyHash) = (place.interface, place.hash, place.keyHash)
        locality.observe(headers, interface: interface)
        if headers.isLaterFragment || headers.hasQuote {
            let isFirst = meterWithoutPoint(headers, hash: hash, interface: interface, at: time)
            guard headers.isLaterFragment else { return }
            followLaterFragment(headers, payload: payload, interface: interface, isFirst: isFirst, at: time)
            return
        }
        let source = PointKey.End(address: headers.source, port: headers.sourcePort)
        let key = place.key
        // All tables are asked before the first answer is needed, so that the waits overlap.
        let outlook = sightings.outlook(hash)
        let isUnknown = table.isUnknown(hash: keyHash)
        let point = point(for: key, hash: isUnknown ? nil : keyHash, from: source, headers, at: time)
        let originator = table.points[point].originatorIsLow ? key.low : key.high
        let direction: FlowDirection = source == originator ? .fromOriginator : .fromResponder
        let verdict = sightings.register(
            outlook,
            hash: hash,
            hasIdentification: headers.identification != 0,
            tag: Self.viewTag(headers, interface: interface),
            point: point,
            serial: table.points[point].serial,
            direction: direction,
            at: time
        )
        drainForgottenSightings()
        if table.points[point].rank[direction] > verdict.rank {
            table.points[point].rank[direction] = verdict.rank
        }
        if verdict.isFirst {
            tally.metered += 1
            if headers.isIdentifiedHandshake, handshakes.isKnown(hash) { current?.add(.lateSightings) }
            countPacket(headers, point: point, direction, interface: interface, at: time)
        } else {
            classifyFurther(verdict, key: key)
            join(point, direction, with: verdict, headers)
        }
        if headers.isFragment {
            followFragment(
                headers,
                payload: payload,
                point: point,
                direction,
                verdict,
                interface: interface,
                at: time
            )
        } else {
            follow(headers, payload: payload, point: point, direction, verdict, at: time)
        }
        settleVantage(of: table.points[point].connection)
    }

    /// The point of a packet; a new one with a new connection where there is none, or where a
    /// SYN says that the four-tuple is used again.
    ///
    /// - Parameters:
    ///   - key: Of the point.
    ///   - hash: Of the key; `nil` where it is known that there is no such point.
    ///   - source: The end that sent the packet.
    ///   - headers: Of the packet.
    ///   - time: When it was captured.
    /// - Returns: Its slot.
    private mutating func point(
        for key: PointKey,
        hash: UInt64?,
        from source: PointKey.End,
        _ headers: PacketHeaders,
        at time: Timestamp
    )
        -> Int
    {
        if let hash, let known = table.find(key, hash: hash) {
            // Asked of few packets only: the question is a call.
            guard headers.transport == .tcp, headers.tcpFlags.contains(.syn), isReused(known, by: headers)
            else { return known }
            detach(known, at: time)
        }
        makeRoom(at: time)
        let stage: FlowConnection.Stage
        switch key.transport {
        case .tcp: stage = headers.tcpFlags.isAttempt ? .attempting : .unproven
        case .udp, .icmp, .icmpv6, .sctp: stage = .datagrams
        }
        return table.insert(key, originatorIsLow: source == key.low, stage: stage, at: time)
    }

    /// Whether a SYN begins another connection on the four-tuple of a point.
    private mutating func isReused(_ point: Int, by headers: PacketHeaders) -> Bool {
        guard !headers.tcpFlags.contains(.rst) else { return false }
        let clientInitial = table.points[point].clientInitialSequence
        guard headers.tcpFlags.contains(.ack) else {
            guard let clientInitial else { return true }
            // The other side's SYN is a simultaneous open, not another connection.
            return clientInitial != headers.sequence && !isSimultaneousOpen(point, headers)
        }
        // Without the client's SYN the server's numbers tell.
        guard let initial = table.points[point].serverInitialSequence else { return false }
        return initial != headers.sequence && clientInitial != headers.acknowledgment &- 1
    }

    private mutating func isSimultaneousOpen(_ point: Int, _ headers: PacketHeaders) -> Bool {
        let source = PointKey.End(address: headers.source, port: headers.sourcePort)
        let direction = table.points[point].translate(table.points[point].direction(from: source))
        let connection = table.points[point].connection
        return table.connections[connection].stage == .attempting
            && table.connections[connection].orientation == .observed
            && table.connections[connection].client == direction.opposite
    }

    private mutating func classifyFurther(_ verdict: SightingTable.Verdict, key: PointKey) {
        let first = Int(verdict.firstPoint)
        let isTranslated =
            table.isCurrent(first, serial: verdict.firstSerial)
            && !table.points[first].key.hasSameEnds(as: key)
        if isTranslated { tally.translated += 1 } else { tally.duplicate += 1 }
    }

    /// Counts a packet where it was first sighted: once, on whichever leg that was.
    private mutating func countPacket(
        _ headers: PacketHeaders,
        point: Int,
        _ direction: FlowDirection,
        interface: UInt16,
        at time: Timestamp
    ) {
        let slot = accumulator(of: point, at: time)
        pool.slots[slot].packets[direction] &+= 1
        pool.slots[slot].bytes[direction] &+= UInt64(max(0, headers.datagramLength))
        let connection = table.points[point].connection
        if !table.connections[connection].isCounted {
            table.connections[connection].isCounted = true
            connectionCount += 1
        }
        if table.points[point].firsts[direction] < .max { table.points[point].firsts[direction] += 1 }
        guard !pool.slots[slot].isLocalityNoted[direction] else { return }
        pool.slots[slot].isLocalityNoted[direction] = true
        window(at: time).note(
            LocalityObserver.evidence(headers),
            of: headers.source,
            interface: interface,
            limit: configuration.maximumLocalAddresses
        )
    }

    @inline(__always)
    private mutating func drainForgottenSightings() {
        guard sightings.forgottenEarly > 0 else { return }
        window(at: now).add(.evictedSightings, sightings.forgottenEarly)
        sightings.forgottenEarly = 0
    }

    // MARK: - Packets that have no point of their own

    /// Classifies later fragments, and ICMP errors, which belong to the flow they quote.
    ///
    /// - Parameters:
    ///   - headers: Of the packet.
    ///   - hash: Of what translation leaves unchanged.
    ///   - interface: Where it was sighted.
    ///   - time: When it was captured.
    /// - Returns: Whether it is the first sighting.
    @inline(never)
    private mutating func meterWithoutPoint(
        _ headers: PacketHeaders,
        hash: UInt64,
        interface: UInt16,
        at time: Timestamp
    ) -> Bool {
        var addresses = PacketHash()
        addresses.combine(headers.source)
        addresses.combine(headers.destination)
        let verdict = sightings.register(
            hash: hash,
            hasIdentification: headers.identification != 0,
            tag: Self.viewTag(headers, interface: interface),
            point: -1,
            // Bit 31 keeps it apart from the serials of points.
            serial: UInt32(truncatingIfNeeded: addresses.value) | 0x8000_0000,
            direction: .fromOriginator,
            at: time
        )
        drainForgottenSightings()
        guard verdict.isFirst else {
            let isSame = verdict.firstSerial == UInt32(truncatingIfNeeded: addresses.value) | 0x8000_0000
            if isSame { tally.duplicate += 1 } else { tally.translated += 1 }
            return false
        }
        tally.metered += 1
        if headers.hasQuote { accountError(headers, interface: interface, at: time) }
        return true
    }

    // MARK: - Hashes

    /// The hash of what translation, routing and bridging leave unchanged.
    @inline(__always)
    static func invariantHash(_ headers: PacketHeaders, payload: RawSpan) -> UInt64 {
        var hash = PacketHash()
        var kind = UInt64(headers.identification) << 48
        kind |= UInt64(headers.transport.number) << 40
        kind |= UInt64(headers.source.isV4 ? 4 : 6) << 32
        kind |= UInt64(headers.icmpType) << 24
        kind |= UInt64(headers.icmpCode) << 16
        if headers.isFragment {
            kind |= 1
            // Fragments of one datagram may well look alike.
            hash.combine(UInt64(truncatingIfNeeded: headers.fragment.offset))
        }
        kind ^= UInt64(headers.echoIdentifier) << 24 | UInt64(headers.echoSequence) << 8
        hash.combine(kind)
        if headers.transport == .tcp {
            hash.combine(UInt64(headers.sequence) << 32 | UInt64(headers.acknowledgment))
            hash.combine(UInt64(headers.tcpFlags.rawValue) << 16 | UInt64(headers.receiveWindow))
            hash.combine(UInt64(headers.tcpTimestamp) << 32 | UInt64(headers.tcpTimestampEcho))
        }
        // An error quotes a packet, whose addresses translation does change.
        if headers.hasQuote {
            hash.combine(UInt64(headers.quotedSequence))
        } else if headers.transport == .tcp, headers.identification != 0, !headers.isFragment {
            // Identification, sequence numbers, window and timestamps together are of one packet,
            // and reading its payload would cost more than all else here. Not so the fragments of
            // one, which differ in nothing else.
            hash.combine(UInt64(truncatingIfNeeded: headers.payloadLength))
        } else {
            hash.combineEnds(of: payload, wireLength: headers.payloadLength)
        }
        return hash.value
    }

    /// What tells two ways of seeing a packet at one point apart: a retransmission repeats it.
    static func viewTag(_ headers: PacketHeaders, interface: UInt16) -> UInt16 {
        var hash = PacketHash()
        let hop = UInt64(headers.timeToLive) << 8 | UInt64(headers.packetType.rawValue)
        hash.combine(headers.sourceMAC << 16 | hop)
        hash.combine(headers.destinationMAC << 16 | UInt64(interface))
        // One capture may show a packet inside a tunnel and outside.
        if headers.hasOuter { hash.combine(headers.outerSource) }
        return UInt16(truncatingIfNeeded: hash.value >> 32)
    }
}

extension PacketHeaders {
    /// A SYN or SYN/ACK that differs from the one that repeats it.
    var isIdentifiedHandshake: Bool {
        transport == .tcp && tcpFlags.contains(.syn) && !tcpFlags.contains(.rst) && !isFragment && !hasQuote
            && (identification != 0 || hasTCPTimestamps)
    }
}

extension TCPFlags {
    /// A SYN without ACK or RST.
    var isAttempt: Bool { contains(.syn) && isDisjoint(with: [.ack, .rst]) }
}
