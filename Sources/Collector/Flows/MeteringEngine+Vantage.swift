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
        let client = table.connections[connection].clientDirection
        guard let best = electVantage(of: connection), table.points[best].seesBoth else { return }
        let needed: UInt32
        if table.connections[connection].transport != .tcp {
            needed = 1
        } else if table.connections[connection].orientation == .undecided {
            needed = Self.settlingUnoriented
        } else {
            needed = Self.settlingSegments
        }
        guard table.points[best].firsts(client) >= needed else { return }
        settle(connection, on: best)
    }

    /// The best point so far; `nil` only for an empty connection.
    mutating func electVantage(of connection: Int) -> Int? {
        let client = table.connections[connection].clientDirection
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
                table.release(point)
            }
            point = table.points[point].nextPoint
        }
    }
}
