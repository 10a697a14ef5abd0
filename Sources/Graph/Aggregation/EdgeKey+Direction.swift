// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

extension EdgeKey {
    /// Whether the side that is noted as the server is the client.
    ///
    /// What a handshake or a dissector decided stays. The rest is turned so that the server is the
    /// side whose port the inventory declares, else the side with a well-known port, else the
    /// side that did not send first.
    func isTurned(in window: Window, by resolver: IdentityResolver) -> Bool {
        guard orientation == .undecided, port != 0, originatorPort != 0 else { return false }
        let responder = resolver.isDeclared(server, port: port, transport: transport, in: window)
        let originator = resolver.isDeclared(client, port: originatorPort, transport: transport, in: window)
        if responder != originator { return originator }
        let isResponderKnown = WellKnownPorts.contains(port, transport: transport)
        let isOriginatorKnown = WellKnownPorts.contains(originatorPort, transport: transport)
        return isOriginatorKnown && !isResponderKnown
    }

    /// The client, the server and its port, once it is known whether the key is turned.
    package func ends(isTurned: Bool) -> (client: Endpoint, server: Endpoint, port: UInt16) {
        isTurned ? (server, client, originatorPort) : (client, server, port)
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
