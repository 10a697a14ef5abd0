// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import GRDB

/// The dictionaries of the store as far as a query needs them, by id without hashing.
///
/// Ids lie close together, so rows are read in chunks of neighbors and found by position. Rows
/// are only ever added and never change: a chunk that lacks an id is read again.
struct FoldDictionary: Sendable {
    /// An edge key by the ids of its parts.
    struct Edge: Sendable, BitwiseCopyable {
        let client: UInt64
        let server: UInt64
        let port: UInt16
        let originatorPort: UInt16
        let transport: TransportProtocol
        let orientation: Orientation
    }

    private var edges = Chunks<Edge>()
    private var endpoints = Chunks<Endpoint>()
    private var strings = Chunks<String>()

    // MARK: - Reading

    mutating func edge(_ id: UInt64, _ database: Database) throws -> Edge {
        if let edge = edges[id] { return edge }
        try edges.load(
            chunkOf: id,
            database,
            sql: """
                SELECT id, client, server, port, transport, originator_port, orientation
                FROM edge WHERE id >= ? AND id < ?
                """
        ) { row in
            guard let port = UInt16(exactly: try row.integer(3)),
                let transport = UInt8(exactly: try row.integer(4)).flatMap(TransportProtocol.init(rawValue:)),
                let originatorPort = UInt16(exactly: try row.integer(5)),
                let orientation = UInt8(exactly: try row.integer(6)).flatMap(Orientation.init(rawValue:))
            else { throw WrongColumn(column: 3) }
            return Edge(
                client: try row.unsigned(1),
                server: try row.unsigned(2),
                port: port,
                originatorPort: originatorPort,
                transport: transport,
                orientation: orientation
            )
        }
        guard let edge = edges[id] else { throw BlockError.unknownID(id) }
        return edge
    }

    mutating func endpoint(_ id: UInt64, _ database: Database) throws -> Endpoint {
        if let endpoint = endpoints[id] { return endpoint }
        var scopes: [UInt64: String] = [:]
        var strings = strings
        try endpoints.load(
            chunkOf: id,
            database,
            sql: "SELECT id, address, scope FROM endpoint WHERE id >= ? AND id < ?"
        ) { row in
            guard let address = try row.withBytes(1, { IPAddress(stored: $0) }) else {
                throw WrongColumn(column: 1)
            }
            let scope = try row.unsigned(2)
            let name = try scopes[scope] ?? strings.find(scope, database)
            scopes[scope] = name
            return Endpoint(scope: name, address: address)
        }
        self.strings = strings
        guard let endpoint = endpoints[id] else { throw BlockError.unknownID(id) }
        return endpoint
    }

    mutating func string(_ id: UInt64, _ database: Database) throws -> String {
        try strings.find(id, database)
    }

    /// The key of an edge by value.
    mutating func key(_ edge: Edge, _ database: Database) throws -> EdgeKey {
        EdgeKey(
            client: try endpoint(edge.client, database),
            server: try endpoint(edge.server, database),
            port: edge.port,
            originatorPort: edge.originatorPort,
            transport: edge.transport,
            orientation: edge.orientation
        )
    }
}

extension FoldDictionary {
    /// Values by id, in runs of neighbors.
    fileprivate struct Chunks<Value: Sendable>: Sendable {
        /// Ids to a chunk: a shard of edges.
        private static var length: UInt64 { 4_096 }

        private var chunks: [UInt64: [Value?]] = [:]
        /// The chunk that was used last, apart from the others: the next id most often lies there.
        private var last: [Value?] = []
        private var lastNumber = UInt64.max

        subscript(id: UInt64) -> Value? {
            mutating get {
                let number = id / Self.length
                if number != lastNumber {
                    guard let chunk = chunks[number] else { return nil }
                    last = chunk
                    lastNumber = number
                }
                return last[Int(id % Self.length)]
            }
        }

        mutating func load(
            chunkOf id: UInt64,
            _ database: Database,
            sql: String,
            _ value: (borrowing RawRows) throws -> Value
        ) throws {
            let number = id / Self.length
            let first = Int64(clamping: number * Self.length)
            var chunk = [Value?](repeating: nil, count: Int(Self.length))
            let rows = try RawRows(
                try database.cachedStatement(sql: sql),
                [first, first.addingReportingOverflow(Int64(Self.length)).partialValue]
            )
            while try rows.next() {
                chunk[Int(try rows.unsigned(0) % Self.length)] = try value(rows)
            }
            chunks[number] = chunk
            lastNumber = .max
        }
    }
}

extension FoldDictionary.Chunks where Value == String {
    fileprivate mutating func find(_ id: UInt64, _ database: Database) throws -> String {
        if let string = self[id] { return string }
        try load(
            chunkOf: id,
            database,
            sql: "SELECT id, value FROM string WHERE id >= ? AND id < ?"
        ) { try $0.string(1) }
        guard let string = self[id] else { throw BlockError.unknownID(id) }
        return string
    }
}
