// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// One handshake, from its ClientHello to its verdict.
struct TLSHandshake {
    /// When the first byte of the ClientHello was seen.
    private(set) var start: Timestamp?
    private(set) var client: TLSClientHello?
    private(set) var server: TLSServerHello?
    private(set) var isDecided = false

    /// A ClientHello begins; a second one, which a server asked for, is of the same handshake.
    mutating func begin(at time: Timestamp) {
        start = start ?? time
    }

    /// Takes the first ClientHello.
    ///
    /// - Parameters:
    ///   - hello: What it tells.
    ///   - address: Of the server; `nil` if the name is not that of the address.
    ///   - output: Receives the name.
    mutating func offer(
        _ hello: TLSClientHello,
        to address: IPAddress?,
        into output: inout DissectionOutput
    ) {
        guard client == nil else { return }
        client = hello
        guard let address, let name = hello.serverName else { return }
        output.names.append(.init(address: address, name: name, source: .tls))
    }

    /// Takes a ServerHello.
    mutating func agree(_ hello: TLSServerHello) {
        if !hello.isRetryRequest { server = hello }
    }

    /// Both sides have what they need.
    ///
    /// - Parameters:
    ///   - end: The handshake's last byte.
    ///   - time: When that was certain.
    ///   - isResumed: An earlier session was taken up.
    ///   - output: Receives the verdict.
    mutating func complete(
        end: Timestamp,
        at time: Timestamp,
        isResumed: Bool,
        into output: inout DissectionOutput
    ) {
        let step = TLSHandshakeEvent.Step.completed(
            nanoseconds: max(0, end - (start ?? end)),
            isResumed: isResumed
        )
        decide(step, at: time, into: &output)
    }

    mutating func fail(alert: String, at time: Timestamp, into output: inout DissectionOutput) {
        decide(.failed(alert: alert), at: time, into: &output)
    }

    /// The connection is over, or beyond following: an attempt that came to nothing.
    mutating func abandon(at time: Timestamp, into output: inout DissectionOutput) {
        decide(nil, at: time, into: &output)
    }

    private mutating func decide(
        _ step: TLSHandshakeEvent.Step?,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        guard start != nil, !isDecided else { return }
        isDecided = true
        tell(.attempted, at: time, into: &output)
        if let step { tell(step, at: time, into: &output) }
    }

    /// TLS 1.3 encrypts the choice.
    private var nextProtocol: String? {
        if let server, !server.isVersion13 { return server.nextProtocol }
        return client?.onlyProtocol
    }

    private func tell(
        _ step: TLSHandshakeEvent.Step,
        at time: Timestamp,
        into output: inout DissectionOutput
    ) {
        let event = TLSHandshakeEvent(
            step,
            at: time,
            version: server?.version,
            nextProtocol: nextProtocol
        )
        output.handshakes.append(event)
    }
}
