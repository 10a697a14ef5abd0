// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation

/// The parts of the graph JSON that end-to-end tests read, by its documented names.
struct GraphDocument: Decodable {
    struct Node: Decodable {
        let id: String
        let kind: String
        let identifiedBy: String
        let addresses: [String]?
    }

    struct Dialled: Decodable {
        let id: String
        let port: Int
        let connections: Int
    }

    struct Connections: Decodable {
        let attempted, established, refused, unanswered, unreachable, open, pending: Int
    }

    struct Count: Decodable {
        let sent, received: Int
    }

    struct Unanswered: Decodable {
        let clientGaveUp, serverClosed, timedOut: Int
    }

    struct Outcomes: Decodable {
        let ok, clientError, serverError: Int
        let unanswered: Unanswered
    }

    struct Times: Decodable {
        let count: Int?
        let min, max, p50, p99: Double?
    }

    struct ProtocolFigures: Decodable {
        let `protocol`: String
        let requests, started, inFlight: Int
        let outcomes: Outcomes
        let statuses: [String: Int]
        let latency: Times
        let retries: Int?
    }

    struct Edge: Decodable {
        let id, client, server: String
        let port: Int
        let transport: String
        let direction: String
        let health: String
        let dialled: [Dialled]
        let connections: Connections
        let packets: Count
        let retransmitted: Count
        let requests, started, inFlight: Int
        let protocols: [ProtocolFigures]
    }

    struct Coverage: Decodable {
        let frames, metered, duplicate, translated, notMetered, filtered: Int
        let undecodable, losses: [String: Int]
    }

    struct Omission: Decodable {
        let edges, nodes, absent, failed, undecided: Int
    }

    let version: Int
    let level: String
    let nodes: [Node]
    let edges: [Edge]
    let coverage: Coverage
    let omitted: Omission?

    init(_ data: Data) throws {
        self = try JSONDecoder().decode(GraphDocument.self, from: data)
    }

    /// The edge between two nodes at a port.
    func edge(_ client: String, _ server: String, _ port: Int) -> Edge? {
        edges.first { $0.client == client && $0.server == server && $0.port == port }
    }
}
