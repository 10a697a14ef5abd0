// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What is known of a UDP flow whose protocol is to be recognized.
struct DatagramEvidence: ~Escapable {
    /// The captured part of a datagram.
    let bytes: RawSpan
    /// All of it was captured.
    let isWhole: Bool
    /// A port of the flow is one of the protocol's.
    let isExpected: Bool
    /// Of originator and responder.
    let ports: (UInt16, UInt16)

    @_lifetime(copy bytes)
    init(bytes: RawSpan, isWhole: Bool, isExpected: Bool, ports: (UInt16, UInt16)) {
        self.bytes = bytes
        self.isWhole = isWhole
        self.isExpected = isExpected
        self.ports = ports
    }
}

/// An entry of the table of protocols that are followed over UDP.
struct DatagramProtocol: Sendable {
    /// Datagrams of a flow that may be something else before it is left alone.
    static let foreignDatagrams = 8

    let applicationProtocol: ApplicationProtocol
    let ports: [UInt16]
    let probe: @Sendable (borrowing DatagramEvidence) -> Recognition
    let make: @Sendable (DissectorSetup) -> any FollowedDatagrams

    init<Dissector: DatagramDissector>(_ type: Dissector.Type) {
        applicationProtocol = type.applicationProtocol
        ports = type.ports
        probe = { type.probe($0) }
        make = { DatagramBox(type.init($0)) }
    }

    /// All of them; see `StreamProtocol.all`.
    static let all: [DatagramProtocol] = [
        DatagramProtocol(QUICDissector.self),
        DatagramProtocol(DNSFollower.self),
    ]

    /// The protocol of a datagram, and who its sender is.
    static func recognize(
        _ bytes: RawSpan,
        isWhole: Bool,
        ports: (UInt16, UInt16)
    ) -> (entry: DatagramProtocol, sender: Recognition)? {
        for entry in all {
            let isExpected = entry.ports.contains(ports.0) || entry.ports.contains(ports.1)
            let evidence = DatagramEvidence(
                bytes: bytes,
                isWhole: isWhole,
                isExpected: isExpected,
                ports: ports
            )
            let verdict = entry.probe(evidence)
            if verdict != .no, verdict != .undecided { return (entry, verdict) }
        }
        return nil
    }
}
