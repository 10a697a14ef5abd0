// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The vantage point of a connection: where its times and judgements come from.
///
/// It is where the client's packets are sighted first, if that point sees both directions, else
/// the nearest that does. Each point keeps a tracker and a follower of its own until this is
/// settled; then the others let go of theirs. State is never fed from two points.
extension MeteringEngine.State {
    /// First sightings from the client that settle a TCP connection whose roles are known: the
    /// SYN and one more, since a single frame may have been captured out of order.
    private static let settlingSegments: UInt32 = 2
    /// The same where the roles are not known, and may turn out the other way around.
    private static let settlingUnoriented: UInt32 = 32

    mutating func settleVantage(of connection: Int) {
        guard table.connections[connection].vantage < 0 else { return }
        var isDecided = isOriented(connection)
        if !isDecided, mayBeOriented(connection), settlementDependsOnClient(connection) {
            awaitOrientation()
            isDecided = isOriented(connection)
        }
        let client = table.connections[connection].clientDirection
        guard let best = settlement(of: connection, client: client, isDecided: isDecided) else { return }
        settle(connection, on: best)
    }

    /// The point that a connection settles on, if this is the client; `nil` while it is too early.
    private mutating func settlement(
        of connection: Int,
        client: FlowDirection,
        isDecided: Bool
    ) -> Int? {
        guard let best = electVantage(of: connection, client: client), table.points[best].seesBoth
        else { return nil }
        let needed: UInt32
        if case .tcp = table.connections[connection].transport {
            needed = isDecided ? Self.settlingSegments : Self.settlingUnoriented
        } else {
            needed = 1
        }
        return table.points[best].firsts(client) >= needed ? best : nil
    }

    /// Whether it makes a difference who a dissector may say the client is.
    private mutating func settlementDependsOnClient(_ connection: Int) -> Bool {
        let client = table.connections[connection].clientDirection
        let now = settlement(of: connection, client: client, isDecided: false)
        return settlement(of: connection, client: .fromOriginator, isDecided: true) != now
            || settlement(of: connection, client: .fromResponder, isDecided: true) != now
    }

    /// The best point so far; `nil` only for an empty connection.
    mutating func electVantage(of connection: Int) -> Int? {
        electVantage(of: connection, client: table.connections[connection].clientDirection)
    }

    private mutating func electVantage(of connection: Int, client: FlowDirection) -> Int? {
        var best: Int?
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            if !table.points[point].isPassive, best.map({ isNearer(point, than: $0, to: client) }) ?? true {
                best = point
            }
            point = table.points[point].nextPoint
        }
        return best
    }

    private mutating func isNearer(_ left: Int, than right: Int, to client: FlowDirection) -> Bool {
        let seesBoth = table.points[left].seesBoth
        if seesBoth != table.points[right].seesBoth { return seesBoth }
        let (firsts, theirFirsts) = (table.points[left].firsts(client), table.points[right].firsts(client))
        if firsts != theirFirsts { return firsts > theirFirsts }
        let (rank, theirRank) = (table.points[left].rank(client), table.points[right].rank(client))
        if rank != theirRank { return rank < theirRank }
        return table.points[left].serial < table.points[right].serial
    }

    /// After two connections became one: at most one vantage point remains.
    mutating func reconcileVantage(of connection: Int, absorbed: Int) {
        let own = table.connections[connection].vantage
        switch (own >= 0, absorbed >= 0) {
        case (false, false):
            return
        case (true, false):
            settle(connection, on: own)
        case (false, true):
            settle(connection, on: absorbed)
        case (true, true):
            let client = table.connections[connection].clientDirection
            settle(connection, on: isNearer(absorbed, than: own, to: client) ? absorbed : own)
        }
    }

    private mutating func settle(_ connection: Int, on vantage: Int) {
        table.connections[connection].vantage = vantage
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            if point != vantage {
                table.points[point].isPassive = true
                abandonStreams(of: point)
                table.release(point)
            }
            point = table.points[point].nextPoint
        }
    }
}
