// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What makes two flows of one window report the same edge.
package struct EdgeKey: Hashable, Sendable {
    /// The client, or the originator while the orientation is undecided.
    package let client: Endpoint
    /// The address that answered (*actual*); the dialled one where nothing answered.
    package let server: Endpoint
    /// The server's port at `server`; 0 for transports without ports.
    package let port: UInt16
    /// The originator's port, kept only while the orientation is undecided, for readers that
    /// turn the edge around; otherwise 0.
    package let originatorPort: UInt16
    package let transport: TransportProtocol
    package let orientation: Orientation

    package init(
        client: Endpoint,
        server: Endpoint,
        port: UInt16,
        originatorPort: UInt16 = 0,
        transport: TransportProtocol,
        orientation: Orientation
    ) {
        self.client = client
        self.server = server
        self.port = port
        self.originatorPort = originatorPort
        self.transport = transport
        self.orientation = orientation
    }
}

extension EdgeKey {
    /// The small parts as one number: each number costs the same.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(client)
        hasher.combine(server)
        hasher.combine(
            UInt64(port) << 32 | UInt64(originatorPort) << 16 | UInt64(transport.rawValue) << 8
                | UInt64(orientation.rawValue)
        )
    }
}

extension EdgeKey: Comparable {
    package static func < (left: EdgeKey, right: EdgeKey) -> Bool {
        if left.client != right.client { return left.client < right.client }
        if left.server != right.server { return left.server < right.server }
        if left.port != right.port { return left.port < right.port }
        if left.transport != right.transport { return left.transport < right.transport }
        if left.originatorPort != right.originatorPort { return left.originatorPort < right.originatorPort }
        return left.orientation < right.orientation
    }
}
