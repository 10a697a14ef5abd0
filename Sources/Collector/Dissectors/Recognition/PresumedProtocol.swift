// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// A protocol that a flow is taken to carry without a look at its bytes.
///
/// Fuzzing gets behind recognition with it, which turns nearly all bytes away.
package struct PresumedProtocol: Sendable {
    package let applicationProtocol: ApplicationProtocol
    /// A protocol may be followed over both.
    package let transport: TransportProtocol
    let makeStream: (@Sendable (DissectorSetup) -> any FollowedStream)?
    let makeDatagrams: (@Sendable (DissectorSetup) -> any FollowedDatagrams)?

    private init(_ entry: StreamProtocol) {
        applicationProtocol = entry.applicationProtocol
        transport = .tcp
        makeStream = entry.make
        makeDatagrams = nil
    }

    private init(_ entry: DatagramProtocol) {
        applicationProtocol = entry.applicationProtocol
        transport = .udp
        makeStream = nil
        makeDatagrams = entry.make
    }

    /// Every protocol that is followed, and those that only an agreement leads to.
    package static let all: [PresumedProtocol] =
        StreamProtocol.all.map { PresumedProtocol($0) } + DatagramProtocol.all.map { PresumedProtocol($0) }
        + [PresumedProtocol(StreamProtocol(WebSocketDissector.self))]

    /// `redis`, or `udp-dns`.
    package var name: String { (transport == .udp ? "udp-" : "") + applicationProtocol.rawValue }
}

extension StreamFollower {
    /// Follows a protocol that is known beforehand.
    ///
    /// - Parameters:
    ///   - presumed: The protocol.
    ///   - client: The side that asks.
    ///   - isOriginatorAligned: Whether the first bytes of the originator begin a message.
    ///   - isResponderAligned: Whether those of the responder do.
    ///   - isFromStart: Whether the flow is seen from its first byte.
    ///   - patience: How long requests may wait.
    ///   - originatorAddress: See the other initializer.
    ///   - responderAddress: See the other initializer.
    package convenience init(
        presuming presumed: PresumedProtocol,
        client: FlowDirection,
        isOriginatorAligned: Bool,
        isResponderAligned: Bool,
        isFromStart: Bool,
        patience: Patience,
        originatorAddress: IPAddress? = nil,
        responderAddress: IPAddress? = nil
    ) {
        let shared = SharedDissectionState()
        let context = FlowContext(
            shared: shared,
            originatorAddress: originatorAddress,
            responderAddress: responderAddress
        )
        let dissectors = DissectorSet(
            presuming: presumed,
            client: client,
            isAligned: Pair(isOriginatorAligned, isResponderAligned),
            isFromStart: isFromStart,
            patience: patience,
            context: context
        )
        self.init(dissectors, shared: shared)
    }
}
