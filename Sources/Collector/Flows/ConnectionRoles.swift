// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Who called whom under which address, from all legs of a connection.
struct ConnectionRoles {
    let client: PointKey.End
    /// The address and port that the client used.
    let dialled: PointKey.End
    /// The address and port that answered; the dialled ones where nothing did.
    let actual: PointKey.End
}

extension MeteringEngine.State {
    /// The leg sighted first for the client's packets has the client and the dialled address,
    /// the leg sighted first for the server's packets the actual server.
    mutating func roles(of connection: Int) -> ConnectionRoles? {
        let client = table.connections[connection].clientDirection
        // With packets of the server only, the client's leg is the last on their way.
        let clientLeg =
            leg(of: connection, sending: client) ?? lastLeg(of: connection, sending: client.opposite)
        guard let clientLeg else { return nil }
        let serverLeg = leg(of: connection, sending: client.opposite) ?? clientLeg
        return ConnectionRoles(
            client: table.points[clientLeg].end(sending: client),
            dialled: table.points[clientLeg].end(sending: client.opposite),
            actual: table.points[serverLeg].end(sending: client.opposite)
        )
    }

    /// The point where most packets of a direction were sighted first; `nil` if none was.
    private mutating func leg(of connection: Int, sending direction: FlowDirection) -> Int? {
        var best: Int?
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            let count = table.points[point].firsts(direction)
            if count > 0 {
                let known =
                    best.map { (table.points[$0].firsts(direction), table.points[$0].serial) } ?? (0, 0)
                // Of equals the older: the order of points in the list is no order of time.
                if count > known.0 || count == known.0 && table.points[point].serial < known.1 {
                    best = point
                }
            }
            point = table.points[point].nextPoint
        }
        return best
    }

    private mutating func lastLeg(of connection: Int, sending direction: FlowDirection) -> Int? {
        var best: Int?
        var point = table.connections[connection].firstPoint
        while point >= 0 {
            let rank = table.points[point].rank(direction)
            if rank < .max, best.map({ table.points[$0].rank(direction) < rank }) ?? true { best = point }
            point = table.points[point].nextPoint
        }
        return best
    }
}
