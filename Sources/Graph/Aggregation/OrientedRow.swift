// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A row of a report with its client and server decided.
struct OrientedRow {
    let client: Endpoint
    let server: Endpoint
    /// The server's port.
    let port: UInt16
    let transport: TransportProtocol
    let direction: Edge.Direction
    let metrics: EdgeMetrics
    /// By address that clients used, how many connections to it began; an address that only
    /// answered for another one is not dialled.
    let dialled: [EdgeRow.Dialled: UInt64]

    /// Keeps what a handshake or a dissector decided; turns the rest so that the server is the
    /// side whose port the inventory declares, else the side with a well-known port, else the
    /// side that did not send first.
    init(_ row: EdgeRow, in window: Window, by resolver: IdentityResolver) {
        let key = row.key
        let isReversed = key.orientation == .undecided && Self.isReversed(key, in: window, by: resolver)
        transport = key.transport
        direction = key.orientation == .undecided ? .inferred : .observed
        if isReversed {
            client = key.server
            server = key.client
            port = key.originatorPort
            metrics = row.metrics.reversed
            // What was noted as dialled is now the client's own address. What the client used
            // to reach the server was the originator's.
            let connections = row.dialled.values.reduce(UInt64(0)) { $0.addingSaturated($1) }
            let actual = EdgeRow.Dialled(endpoint: server, port: port)
            dialled = row.dialled.isEmpty ? [:] : [actual: connections]
        } else {
            client = key.client
            server = key.server
            port = key.port
            metrics = row.metrics
            dialled = row.dialled
        }
    }

    private static func isReversed(_ key: EdgeKey, in window: Window, by resolver: IdentityResolver) -> Bool {
        guard key.port != 0, key.originatorPort != 0 else { return false }
        let transport = key.transport
        let responder = resolver.isDeclared(key.server, port: key.port, transport: transport, in: window)
        let originator = resolver.isDeclared(
            key.client,
            port: key.originatorPort,
            transport: transport,
            in: window
        )
        if responder != originator { return originator }
        let isResponderKnown = WellKnownPorts.contains(key.port, transport: transport)
        let isOriginatorKnown = WellKnownPorts.contains(key.originatorPort, transport: transport)
        return isOriginatorKnown && !isResponderKnown
    }
}

extension EdgeMetrics {
    /// The same measurements with client and server exchanged.
    var reversed: EdgeMetrics {
        var metrics = self
        metrics.packets = packets.reversed
        metrics.bytes = bytes.reversed
        metrics.retransmitted = retransmitted.reversed
        metrics.outOfOrder = outOfOrder.reversed
        metrics.zeroWindow = zeroWindow.reversed
        for (name, own) in protocols { metrics.protocols[name]?.messages = own.messages.reversed }
        return metrics
    }
}
