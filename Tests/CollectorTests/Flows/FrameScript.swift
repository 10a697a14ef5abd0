// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// A flow as one interface shows it: who is called by whom under which addresses.
struct Leg {
    var interface: UInt32 = 1
    var client: String
    var clientPort: UInt16 = 40_000
    var server: String
    var serverPort: UInt16 = 80
    /// Of the client's packets; the server's go the other way.
    var packetType = PacketType.incoming
    var timeToLive: UInt8 = 64

    func on(_ interface: UInt32, _ packetType: PacketType = .incoming, timeToLive: UInt8 = 64) -> Leg {
        var copy = self
        copy.interface = interface
        copy.packetType = packetType
        copy.timeToLive = timeToLive
        return copy
    }
}

/// Feeds an engine with frames written down by a test.
///
/// Times are in milliseconds after `start`, a whole window.
final class FrameScript {
    static let start = Timestamp(seconds: 1_700_000_000)

    private final class Box {
        var reports: [WindowReport] = []
    }

    let engine: MeteringEngine
    private let box = Box()
    private var nextIdentification: UInt16 = 0

    init(_ configure: (inout MeteringEngine.Configuration) -> Void = { _ in }) {
        var configuration = MeteringEngine.Configuration()
        configure(&configuration)
        let box = box
        engine = MeteringEngine(
            configuration: configuration,
            reporter: Reporter(id: "reporter", name: "reporter")
        ) { box.reports.append($0) }
    }

    /// What was reported so far.
    var reports: [WindowReport] { box.reports }

    /// Ends the input.
    func finish() -> [WindowReport] {
        engine.finish()
        return box.reports
    }

    static func instant(_ milliseconds: Double) -> Timestamp {
        start + Int64(min(max(milliseconds * 1_000_000, -9e18), 9e18).rounded())
    }

    /// A new identification, never 0.
    func newIdentification() -> UInt16 {
        nextIdentification = nextIdentification == .max ? 1 : nextIdentification + 1
        return nextIdentification
    }

    func send(_ headers: PacketHeaders, _ payload: [UInt8] = [], at milliseconds: Double) {
        engine.account(headers, payload: unsafe payload.span.bytes, at: Self.instant(milliseconds))
    }

    /// One TCP segment, sighted on each leg in turn, 10 µs apart.
    func tcp(
        _ milliseconds: Double,
        _ legs: [Leg],
        isFromClient: Bool = true,
        _ flags: TCPFlags,
        sequence: UInt32,
        acknowledgment: UInt32 = 0,
        payload: [UInt8] = [],
        window: UInt16 = 1_000,
        identification: UInt16? = nil
    ) {
        let number = identification ?? newIdentification()
        for (index, leg) in legs.enumerated() {
            var headers = Self.headers(leg, isFromClient: isFromClient, .tcp, payload: payload)
            headers.identification = number
            headers.tcpFlags = flags
            headers.sequence = sequence
            headers.acknowledgment = acknowledgment
            headers.receiveWindow = window
            send(headers, payload, at: milliseconds + Double(index) * 0.01)
        }
    }

    /// One UDP datagram, sighted on each leg in turn.
    func udp(
        _ milliseconds: Double,
        _ legs: [Leg],
        isFromClient: Bool = true,
        payload: [UInt8],
        identification: UInt16? = nil
    ) {
        let number = identification ?? newIdentification()
        for (index, leg) in legs.enumerated() {
            var headers = Self.headers(leg, isFromClient: isFromClient, .udp, payload: payload)
            headers.identification = number
            send(headers, payload, at: milliseconds + Double(index) * 0.01)
        }
    }

    /// SYN at the given time, SYN/ACK 1 ms and ACK 2 ms later.
    func handshake(
        _ milliseconds: Double,
        _ legs: [Leg],
        answerLegs: [Leg]? = nil,
        client: UInt32 = 100,
        server: UInt32 = 900
    ) {
        tcp(milliseconds, legs, .syn, sequence: client)
        tcp(
            milliseconds + 1,
            answerLegs ?? legs.reversed(),
            isFromClient: false,
            [.syn, .ack],
            sequence: server,
            acknowledgment: client &+ 1
        )
        tcp(milliseconds + 2, legs, .ack, sequence: client &+ 1, acknowledgment: server &+ 1)
    }

    static func headers(
        _ leg: Leg,
        isFromClient: Bool,
        _ transport: TransportProtocol,
        payload: [UInt8] = []
    ) -> PacketHeaders {
        var headers = PacketHeaders()
        let client = IPAddress(leg.client) ?? IPAddress(v4: 0)
        let server = IPAddress(leg.server) ?? IPAddress(v4: 0)
        headers.interfaceIndex = leg.interface
        let opposite: PacketType = leg.packetType == .outgoing ? .incoming : .outgoing
        headers.packetType = leg.packetType == .unknown || isFromClient ? leg.packetType : opposite
        headers.timeToLive = leg.timeToLive
        headers.source = isFromClient ? client : server
        headers.destination = isFromClient ? server : client
        headers.sourcePort = isFromClient ? leg.clientPort : leg.serverPort
        headers.destinationPort = isFromClient ? leg.serverPort : leg.clientPort
        headers.transport = transport
        headers.capturedPayloadLength = payload.count
        headers.payloadLength = payload.count
        headers.datagramLength = payload.count + (transport == .tcp ? 40 : 28)
        return headers
    }

    /// An ICMP error about a leg's client packet.
    static func icmpError(
        _ leg: Leg,
        _ transport: TransportProtocol = .tcp,
        type: UInt8 = 3,
        code: UInt8 = 1,
        sequence: UInt32
    ) -> PacketHeaders {
        var headers = PacketHeaders()
        headers.interfaceIndex = leg.interface
        headers.packetType = .outgoing
        headers.source = IPAddress(v4: 0x0A00_00FE)
        headers.destination = IPAddress(leg.client) ?? IPAddress(v4: 0)
        headers.transport = .icmp
        headers.icmpType = type
        headers.icmpCode = code
        headers.datagramLength = 56
        headers.hasQuote = true
        headers.quotedSource = headers.destination
        headers.quotedDestination = IPAddress(leg.server) ?? IPAddress(v4: 0)
        headers.quotedSourcePort = leg.clientPort
        headers.quotedDestinationPort = leg.serverPort
        headers.quotedTransport = transport
        headers.quotedSequence = sequence
        return headers
    }
}

extension [WindowReport] {
    /// The only edge there is; a default one, which fails the test that reads it, if there are more.
    var onlyEdge: EdgeRow {
        let edges = edges
        guard edges.count == 1, let row = edges.first?.value else {
            return EdgeRow(
                key: EdgeKey(
                    client: Endpoint(scope: "\(edges.count) edges", address: IPAddress(v4: 0)),
                    server: Endpoint(scope: "", address: IPAddress(v4: 0)),
                    port: 0,
                    transport: .sctp,
                    orientation: .undecided
                )
            )
        }
        return row
    }

    var isBalanced: Bool { allSatisfy { $0.coverage.isBalanced } }
}

extension EdgeRow {
    /// `client -> server:port`.
    var name: String { "\(key.client.address) -> \(key.server.address):\(key.port)" }

    /// `address:port` by number of connections.
    var dialledNames: [String: UInt64] {
        Dictionary(
            uniqueKeysWithValues: dialled.map { ("\($0.key.endpoint.address):\($0.key.port)", $0.value) }
        )
    }
}
