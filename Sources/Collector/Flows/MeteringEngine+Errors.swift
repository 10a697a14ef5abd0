// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension MeteringEngine.State {
    /// Puts an ICMP error on the connection whose packet it quotes.
    ///
    /// An error that quotes a waiting SYN and says that the destination cannot be reached is the
    /// verdict of that attempt; any other counts as `icmpErrors`. One that quotes a flow we do not
    /// know is metered and changes no edge.
    mutating func accountError(_ headers: PacketHeaders, interface: UInt16, at time: Timestamp) {
        guard Self.isFailure(headers), let point = quotedPoint(headers, interface: interface) else { return }
        let connection = table.points[point].connection
        if headers.quotedTransport == .tcp, Self.isUnreachable(headers),
            table.connections[connection].stage == .attempting,
            table.points[point].clientInitialSequence == headers.quotedSequence
        {
            fail(connection, .unreachable, at: time)
            return
        }
        let slot = accumulator(of: point, at: time)
        pool.slots[slot].icmpErrors &+= 1
    }

    /// Gives the attempt of a connection its verdict, at each point that may be the vantage.
    mutating func fail(_ connection: Int, _ verdict: TCPFindings.Verdict, at time: Timestamp) {
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            let tracker = table.points[point].tracker
            if tracker >= 0 {
                let found = table.trackers[tracker].fail(verdict)
                let slot = accumulator(of: point, at: time)
                pool.slots[slot].add(found, .fromOriginator)
            }
            point = table.points[point].nextPoint
        }
        table.touch(connection, stage: .failed, at: time)
    }

    /// The point that carried the quoted packet: on the interface of the error, where both are
    /// under the same addresses, else on any other.
    private mutating func quotedPoint(_ headers: PacketHeaders, interface: UInt16) -> Int? {
        let source = PointKey.End(address: headers.quotedSource, port: headers.quotedSourcePort)
        let destination = PointKey.End(
            address: headers.quotedDestination,
            port: headers.quotedDestinationPort
        )
        let transport = headers.quotedTransport
        let here = PointKey(source, destination, transport: transport, interface: interface)
        if let point = table.find(here) { return point }
        for other in 0..<min(interfaces.count, Self.searchedInterfaces) where other != interface {
            let there = PointKey(source, destination, transport: transport, interface: other)
            if let point = table.find(there) { return point }
        }
        return nil
    }

    /// Bounds the search above, which a flood of errors would repeat.
    private static let searchedInterfaces: UInt16 = 128

    /// Redirects (ICMP type 5) correct a route and fail nothing.
    private static func isFailure(_ headers: PacketHeaders) -> Bool {
        !(headers.transport == .icmp && headers.icmpType == 5)
    }

    /// Destination unreachable or time exceeded; not "fragmentation needed", "packet too big" or a
    /// complaint about a parameter, which do not end an attempt.
    private static func isUnreachable(_ headers: PacketHeaders) -> Bool {
        switch (headers.transport, headers.icmpType) {
        case (.icmp, 3): headers.icmpCode != 4
        case (.icmp, 11), (.icmpv6, 1), (.icmpv6, 3): true
        default: false
        }
    }
}
