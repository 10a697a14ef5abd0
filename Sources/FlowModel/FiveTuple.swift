// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// One direction of a flow: who sent to whom, over what.
///
/// Ports are 0 for transports without ports.
package struct FiveTuple: Hashable, Sendable, BitwiseCopyable {
    package let source: IPAddress
    package let destination: IPAddress
    package let sourcePort: UInt16
    package let destinationPort: UInt16
    package let transport: TransportProtocol

    package init(
        source: IPAddress,
        destination: IPAddress,
        sourcePort: UInt16,
        destinationPort: UInt16,
        transport: TransportProtocol
    ) {
        self.source = source
        self.destination = destination
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.transport = transport
    }

    /// The same conversation seen from the other side.
    package var reversed: FiveTuple {
        FiveTuple(
            source: destination,
            destination: source,
            sourcePort: destinationPort,
            destinationPort: sourcePort,
            transport: transport
        )
    }
}
