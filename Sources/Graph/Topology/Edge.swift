// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// A directed link: client to server, one per actual port and transport.
package struct Edge: Equatable, Sendable {
    /// How the direction of the edge is known.
    package enum Direction: String, Sendable, Codable {
        /// A handshake or a dissector decided.
        case observed
        /// Turned by inventory, well-known port or first sender.
        case inferred
    }

    /// What clients dialled to reach the server.
    package struct Dialled: Equatable, Sendable {
        /// The id of the dialled Service, or of the node that owns the dialled address.
        package var id: String
        package var port: UInt16
        package var connections: UInt64

        package init(id: String, port: UInt16, connections: UInt64) {
            self.id = id
            self.port = port
            self.connections = connections
        }
    }

    /// `CLIENT->SERVER:PORT/TRANSPORT`, of node ids.
    package var id: String
    package var client: String
    package var server: String
    package var port: UInt16
    package var transport: TransportProtocol
    package var direction: Direction
    /// Sorted by id, then port.
    package var dialled: [Dialled]
    var figures: EdgeFigures
    /// Seconds of the range in which its reporters were watching: the denominator of rates.
    package var observedSeconds: Double

    package init(
        client: String,
        server: String,
        port: UInt16,
        transport: TransportProtocol,
        direction: Direction,
        dialled: [Dialled] = [],
        metrics: EdgeMetrics = EdgeMetrics(),
        observedSeconds: Double = 0
    ) {
        self.init(
            client: client,
            server: server,
            port: port,
            transport: transport,
            direction: direction,
            dialled: dialled,
            figures: .own(metrics),
            observedSeconds: observedSeconds
        )
    }

    /// An edge whose figures may lie beside those of others.
    init(
        client: String,
        server: String,
        port: UInt16,
        transport: TransportProtocol,
        direction: Direction,
        dialled: [Dialled],
        figures: EdgeFigures,
        observedSeconds: Double
    ) {
        self.id = Self.id(client: client, server: server, port: port, transport: transport)
        self.client = client
        self.server = server
        self.port = port
        self.transport = transport
        self.direction = direction
        self.dialled = dialled
        self.figures = figures
        self.observedSeconds = observedSeconds
    }

    /// All that was measured; ask once for several parts, as it may have to be put together.
    package var metrics: EdgeMetrics {
        get { figures.metrics }
        set { figures = .own(newValue) }
    }

    package var glance: EdgeGlance { figures.glance }

    /// What an id has beside its nodes: an arrow, a colon, a slash, five digits and the longest name of a transport.
    static let maximumLengthOfRest = 9 + 16

    package static func id(
        client: String,
        server: String,
        port: UInt16,
        transport: TransportProtocol
    ) -> String {
        let transport = transport.name
        var id = ""
        id.reserveCapacity(client.utf8.count + server.utf8.count + maximumLengthOfRest)
        id += client
        id += "->"
        id += server
        id += ":"
        id += String(port)
        id += "/"
        id += transport
        return id
    }
}
