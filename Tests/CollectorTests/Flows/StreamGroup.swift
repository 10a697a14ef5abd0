// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// A capture as the engine counts it, and who talks in it.
struct CountedCapture {
    var reports: [WindowReport] = []
    /// Of each frame that could be decoded, by number.
    var tuples: [Int: FiveTuple] = [:]

    init(path: String) throws {
        var reports: [WindowReport] = []
        let engine = MeteringEngine(
            configuration: MeteringEngine.Configuration(),
            reporter: Reporter(id: "test", name: "test")
        ) { reports.append($0) }
        var (number, tuples) = (0, [Int: FiveTuple]())
        var source = try SavefilePacketSource(path: path)
        while try source.read({ frame in
            number += 1
            if let headers = try? PacketHeaders.decode(frame.bytes, linkType: frame.linkType) {
                tuples[number] = headers.fiveTuple
            }
            engine.account(frame)
        }) != .ended {}
        engine.finish()
        (self.reports, self.tuples) = (reports, tuples)
    }
}

/// Conversations and the edges that hold them: the least that can be compared.
///
/// Several conversations of one client with one port of a server are one edge, and one has two
/// edges where its direction was found out after a window had been reported.
struct StreamGroup {
    /// The number of the first frame; for whole captures the transport.
    var name: String
    var theirs = StreamFigures()
    var ours = StreamFigures()

    /// Puts conversations and edges together.
    ///
    /// Where packets were sighted more than once, tshark's conversations are not ours: such a
    /// capture is compared as a whole.
    ///
    /// - Parameters:
    ///   - facts: What tshark says of the conversations of a capture.
    ///   - counted: The same capture.
    /// - Returns: All conversations and all edges that may have some, each in one group.
    static func groups(_ facts: [StreamFact], _ counted: CountedCapture) -> [StreamGroup] {
        let rows = counted.reports.edges.values.filter { [.tcp, .udp, .sctp].contains($0.key.transport) }
            .sorted { $0.key < $1.key }
        let coverage = counted.reports.coverage
        if coverage.duplicate + coverage.translated > 0 { return whole(facts, rows) }
        var groups: [StreamGroup] = []
        var rest = rows
        var waiting = facts
        while let fact = waiting.first {
            var members = [fact]
            var edges: [EdgeRow] = []
            waiting.removeFirst()
            var isGrowing = true
            while isGrowing {
                let tuples = members.compactMap { counted.tuples[$0.first] }
                let found = rest.filter { row in tuples.contains { row.mayHold($0) } }
                rest.removeAll { row in found.contains { $0.key == row.key } }
                edges += found
                let others = waiting.filter { other in
                    counted.tuples[other.first].map { tuple in found.contains { $0.mayHold(tuple) } } ?? false
                }
                waiting.removeAll { other in others.contains { $0.first == other.first } }
                members += others
                isGrowing = !found.isEmpty || !others.isEmpty
            }
            groups.append(group(members, edges, counted))
        }
        groups += rest.map { row in
            StreamGroup(name: row.key.transport.name, ours: row.figures(isClientA: true))
        }
        return groups
    }

    private static func group(
        _ members: [StreamFact],
        _ edges: [EdgeRow],
        _ counted: CountedCapture
    ) -> StreamGroup {
        var group = StreamGroup(name: "\(members.first?.first ?? 0)")
        // One end is B for all: the server of an edge whose direction is known, if there is any.
        let key = (edges.first { $0.key.originatorPort == 0 } ?? edges.first)?.key
        for member in members {
            let tuple = counted.tuples[member.first]
            let isA =
                tuple.map { tuple in
                    tuple.source != key?.server.address || tuple.sourcePort != key?.port
                        || tuple.source == tuple.destination && tuple.sourcePort == tuple.destinationPort
                } ?? true
            group.theirs.add(isA ? member.figures : member.figures.mirrored)
        }
        for row in edges {
            let isServerB = row.key.server.address == key?.server.address && row.key.port == key?.port
            group.ours.add(row.figures(isClientA: isServerB))
        }
        return group
    }

    private static func whole(_ facts: [StreamFact], _ rows: [EdgeRow]) -> [StreamGroup] {
        [TransportProtocol.tcp, .udp, .sctp].compactMap { transport in
            var group = StreamGroup(name: transport.name)
            for fact in facts where fact.transport == transport { group.theirs.add(fact.figures.undirected) }
            for row in rows where row.key.transport == transport {
                group.ours.add(row.figures(isClientA: true).undirected)
            }
            return group.theirs.values.isEmpty && group.ours.values.isEmpty ? nil : group
        }
    }
}
