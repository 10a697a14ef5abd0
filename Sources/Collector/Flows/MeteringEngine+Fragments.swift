// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Fragments, each of which is a packet of its flow, and what they are fragments of.
///
/// A TCP segment is followed as far as its first fragment goes, and the rest when it is there: a
/// stream can wait for it. A UDP datagram is dissected when it is whole, or as far as its first
/// fragment goes when the rest has not come.
extension MeteringEngine.State {
    /// Follows a first fragment, whose packet was put on a flow already.
    ///
    /// Out of line, as fragments are rare and the copies made here are large.
    @inline(never)
    mutating func followFragment(
        _ headers: PacketHeaders,
        payload: RawSpan,
        point: Int,
        _ direction: FlowDirection,
        _ verdict: SightingTable.Verdict,
        interface: UInt16,
        at time: Timestamp
    ) {
        var first = headers
        switch headers.transport {
        case .udp:
            table.touch(table.points[point].connection, stage: .datagrams, at: time)
        case .tcp:
            // The segment does not end here.
            first.tcpFlags.remove(.fin)
            follow(first, payload: payload, point: point, direction, verdict, at: time)
        case .icmp, .icmpv6, .sctp:
            follow(first, payload: payload, point: point, direction, verdict, at: time)
        }
        let owner = FragmentedDatagram.Owner(
            headers: headers,
            point: point,
            serial: table.points[point].serial,
            direction: direction,
            verdict: verdict,
            time: time
        )
        // Where the transport header was does not matter any more: zeros keep its place.
        let headerLength = max(0, headers.fragment.length - headers.payloadLength)
        let data = Self.isDissected(headers) ? payload.octets(after: headerLength) : []
        collect(headers, data, interface: interface, owner: owner, isFirst: verdict.isFirst, at: time)
    }

    /// Puts a later fragment on the flow of the first one, now or when that comes.
    @inline(never)
    mutating func followLaterFragment(
        _ headers: PacketHeaders,
        payload: RawSpan,
        interface: UInt16,
        isFirst: Bool,
        at time: Timestamp
    ) {
        let data = Self.isDissected(headers) ? payload.octets(after: 0) : []
        collect(headers, data, interface: interface, owner: nil, isFirst: isFirst, at: time)
    }

    /// Abandons datagrams whose fragments are overdue.
    mutating func expireFragments(at time: Timestamp) {
        guard fragments.isDue(at: time) else { return }
        fragments.expire(at: time)
        drainFragments()
    }

    /// Abandons all datagrams: the end of input.
    mutating func abandonFragments() {
        fragments.abandonAll()
        drainFragments()
    }

    private static func isDissected(_ headers: PacketHeaders) -> Bool {
        headers.transport == .tcp || headers.transport == .udp
    }

    private mutating func collect(
        _ headers: PacketHeaders,
        _ data: [UInt8],
        interface: UInt16,
        owner: FragmentedDatagram.Owner?,
        isFirst: Bool,
        at time: Timestamp
    ) {
        let found = fragments.add(
            headers,
            data: data,
            interface: interface,
            owner: owner,
            isCounted: isFirst,
            at: time
        )
        if let found, table.isCurrent(found.owner.point, serial: found.owner.serial) {
            for orphan in found.orphans { count(orphan, on: found.owner) }
            if owner == nil, isFirst {
                let own = FragmentedDatagram.Orphan(time: time, datagramLength: headers.datagramLength)
                count(own, on: found.owner)
            }
        }
        drainFragments()
    }

    private mutating func count(_ fragment: FragmentedDatagram.Orphan, on owner: FragmentedDatagram.Owner) {
        let slot = accumulator(of: owner.point, at: fragment.time)
        pool.slots[slot].packets[owner.direction] &+= 1
        pool.slots[slot].bytes[owner.direction] &+= UInt64(max(0, fragment.datagramLength))
    }

    private mutating func drainFragments() {
        if fragments.lost > 0 {
            window(at: now).add(.fragments, fragments.lost)
            fragments.lost = 0
        }
        guard !fragments.finished.isEmpty else { return }
        let finished = fragments.finished
        fragments.finished.removeAll()
        for datagram in finished { follow(datagram) }
    }

    /// Follows what a datagram came to: all of it, or its first fragment.
    private mutating func follow(_ datagram: FragmentedDatagram) {
        guard let owner = datagram.owner, table.isCurrent(owner.point, serial: owner.serial),
            Self.isDissected(owner.headers)
        else { return }
        let isComplete = datagram.state == .complete
        let headerLength = max(0, owner.headers.fragment.length - owner.headers.payloadLength)
        var headers = owner.headers
        var start = headerLength
        if headers.transport == .tcp {
            guard isComplete else { return }
            start += headers.payloadLength
            headers.sequence &+= UInt32(truncatingIfNeeded: headers.payloadLength)
        }
        let (bytes, length) = datagram.assembled(from: start)
        // At least one more fragment was on its way, of at least one unit.
        headers.payloadLength = isComplete ? length : bytes.count + 8
        var verdict = owner.verdict
        verdict.isFirst = false
        follow(
            headers,
            payload: bytes.octetSpan,
            point: owner.point,
            owner.direction,
            verdict,
            at: isComplete ? max(owner.time, now) : owner.time
        )
        settleVantage(of: table.points[owner.point].connection)
    }
}

extension RawSpan {
    /// A copy, behind some zeros.
    fileprivate func octets(after count: Int) -> [UInt8] {
        var octets = Array(repeating: UInt8(0), count: count)
        octets.reserveCapacity(count + byteCount)
        for offset in 0..<byteCount { octets.append(byte(at: offset)) }
        return octets
    }
}
