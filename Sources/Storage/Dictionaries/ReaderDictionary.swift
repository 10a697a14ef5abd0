// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// The dictionaries by id, as far as a reader has seen them.
///
/// Rows are only ever added, so what was read once stays true; `refresh` reads what is new.
struct ReaderDictionary: Sendable {
    private(set) var strings: [UInt64: String] = [:]
    private var endpoints: [UInt64: Endpoint] = [:]
    private var edges: [UInt64: EdgeKey] = [:]
    private var lastString: UInt64 = 0
    private var lastEndpoint: UInt64 = 0
    private var lastEdge: UInt64 = 0

    /// Reads what the current snapshot has beyond what is known.
    mutating func refresh(_ database: Database) throws {
        let newStrings = try Row.fetchCursor(
            try database.cachedStatement(sql: "SELECT id, value FROM string WHERE id > ? ORDER BY id"),
            arguments: [Int64(clamping: lastString)]
        )
        while let row = try newStrings.next() {
            lastString = try row.unsigned(0)
            strings[lastString] = try row.string(1)
        }
        let newEndpoints = try Row.fetchCursor(
            try database.cachedStatement(
                sql: "SELECT id, address, scope FROM endpoint WHERE id > ? ORDER BY id"
            ),
            arguments: [Int64(clamping: lastEndpoint)]
        )
        while let row = try newEndpoints.next() {
            let bytes = try row.bytes(1)
            guard let address = IPAddress(stored: bytes.span) else { throw WrongColumn(column: 1) }
            let scope = try string(try row.unsigned(2))
            lastEndpoint = try row.unsigned(0)
            endpoints[lastEndpoint] = Endpoint(scope: scope, address: address)
        }
        try refreshEdges(database)
    }

    func isNewer(than other: ReaderDictionary) -> Bool {
        lastString > other.lastString || lastEndpoint > other.lastEndpoint || lastEdge > other.lastEdge
    }

    func string(_ id: UInt64) throws(BlockError) -> String {
        guard let string = strings[id] else { throw .unknownID(id) }
        return string
    }

    func endpoint(_ id: UInt64) throws(BlockError) -> Endpoint {
        guard let endpoint = endpoints[id] else { throw .unknownID(id) }
        return endpoint
    }

    func edge(_ id: UInt64) throws(BlockError) -> EdgeKey {
        guard let edge = edges[id] else { throw .unknownID(id) }
        return edge
    }

    /// A stored row as a report has it.
    func edgeRow(_ row: BlockRow) throws(BlockError) -> EdgeRow {
        let key = try edge(row.edge)
        var dialled: [EdgeRow.Dialled: UInt64] = [:]
        dialled.reserveCapacity(row.dialled.count)
        for entry in row.dialled {
            let address =
                entry.endpoint == 0
                ? EdgeRow.Dialled(endpoint: key.server, port: key.port)
                : EdgeRow.Dialled(endpoint: try endpoint(entry.endpoint), port: entry.port)
            dialled[address] = entry.connections
        }
        return EdgeRow(key: key, metrics: row.metrics, dialled: dialled, samples: row.samples)
    }

    private mutating func refreshEdges(_ database: Database) throws {
        let newEdges = try Row.fetchCursor(
            try database.cachedStatement(
                sql: """
                    SELECT id, client, server, port, transport, originator_port, orientation
                    FROM edge WHERE id > ? ORDER BY id
                    """
            ),
            arguments: [Int64(clamping: lastEdge)]
        )
        while let row = try newEdges.next() {
            guard let port = UInt16(exactly: try row.integer(3)),
                let transport = UInt8(exactly: try row.integer(4)).flatMap(TransportProtocol.init(rawValue:)),
                let originatorPort = UInt16(exactly: try row.integer(5)),
                let orientation = UInt8(exactly: try row.integer(6)).flatMap(Orientation.init(rawValue:))
            else { throw WrongColumn(column: 3) }
            let key = EdgeKey(
                client: try endpoint(try row.unsigned(1)),
                server: try endpoint(try row.unsigned(2)),
                port: port,
                originatorPort: originatorPort,
                transport: transport,
                orientation: orientation
            )
            lastEdge = try row.unsigned(0)
            edges[lastEdge] = key
        }
    }
}
