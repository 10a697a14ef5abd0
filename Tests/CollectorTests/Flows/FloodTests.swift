// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

/// Twenty clients ask over keep-alive connections while a flood fills the table twenty times.
@Suite struct `A flood` {
    enum Kind: CaseIterable {
        /// One host knocks everywhere, and nobody answers.
        case scan
        /// Senders that do not exist knock at one server, which answers each.
        case answeredSyns
        /// Segments without a connection.
        case strayAcknowledgments
        case datagrams
    }

    static let limit = 1_024
    static let size = 20_000
    static let clients = (0..<20).map { Leg(client: "10.0.1.\($0 + 1)", server: "10.0.0.2") }
    static let request = Array("GET /cart HTTP/1.1\r\nHost: shop\r\n\r\n".utf8)
    static let response = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)

    private static func send(_ kind: Kind, _ number: Int, at time: Double, _ script: FrameScript) {
        let address = "172.\(16 + number / 65_536).\(number / 256 % 256).\(number % 256)"
        let outwards = Leg(client: "10.0.0.3", clientPort: 5_000, server: address, serverPort: 443)
        let inwards = Leg(client: address, clientPort: 5_000, server: "10.0.0.2")
        let sequence = UInt32(number)
        switch kind {
        case .scan:
            script.tcp(time, [outwards], .syn, sequence: sequence)
        case .answeredSyns:
            script.tcp(time, [inwards], .syn, sequence: sequence)
            script.tcp(
                time,
                [inwards],
                isFromClient: false,
                [.syn, .ack],
                sequence: 7,
                acknowledgment: sequence + 1
            )
        case .strayAcknowledgments:
            script.tcp(time, [inwards], .ack, sequence: sequence, acknowledgment: 7)
        case .datagrams:
            script.udp(time, [outwards], payload: [1, 2, 3])
        }
    }

    /// One request and its response on each connection, the first with a handshake.
    private static func ask(_ round: UInt32, at time: Double, _ script: FrameScript) {
        for leg in clients {
            if round == 0 { script.handshake(time, [leg]) }
            let (asked, answered) = (UInt32(request.count), UInt32(response.count))
            let (sequence, acknowledgment) = (101 + round * asked, 901 + round * answered)
            script.tcp(
                time + 3,
                [leg],
                [.ack, .psh],
                sequence: sequence,
                acknowledgment: acknowledgment,
                payload: request
            )
            script.tcp(
                time + 4,
                [leg],
                isFromClient: false,
                [.ack, .psh],
                sequence: acknowledgment,
                acknowledgment: sequence + asked,
                payload: response
            )
        }
    }

    @Test(arguments: Kind.allCases)
    func `pushes out its own flows and no others, and is seen`(kind: Kind) throws {
        let script = FrameScript { $0.maximumFlows = Self.limit }
        Self.ask(0, at: 0, script)
        for number in 0..<Self.size {
            Self.send(kind, number, at: 10 + Double(number) * 0.05, script)
        }
        Self.ask(1, at: 2_000, script)
        let reports = script.finish()
        #expect(reports.isBalanced)
        // A connection that had been pushed out would begin again, without its handshake.
        let pairs = reports.edges.values.filter { row in
            Self.clients.contains { "\(row.key.client.address)" == $0.client }
        }
        #expect(pairs.count == 20)
        for row in pairs {
            #expect(row.key.orientation == .observed)
            #expect(row.metrics.connections.established == 1)
            #expect(row.dialled.values.reduce(0, +) == 1)
            #expect(row.metrics.protocols[.http]?.outcomes.ok == 2)
        }
        let evicted = try #require(reports.coverage.losses[.evictedFlows])
        #expect(evicted == UInt64(Self.size + 20 - Self.limit))
    }

    @Test func `leaves room for those who are answered`() {
        let script = FrameScript { $0.maximumFlows = Self.limit }
        for number in 0..<Self.size {
            let time = Double(number) * 0.05
            Self.send(.scan, number, at: time, script)
            // Their handshakes take 2 ms, 40 packets of the flood.
            if number % 1_000 == 0 {
                let leg = Leg(client: "10.0.2.\(number / 1_000 + 1)", server: "10.0.0.2")
                script.tcp(time, [leg], .syn, sequence: 100)
            } else if number % 1_000 == 40 {
                let leg = Leg(client: "10.0.2.\(number / 1_000 + 1)", server: "10.0.0.2")
                script.tcp(
                    time,
                    [leg],
                    isFromClient: false,
                    [.syn, .ack],
                    sequence: 900,
                    acknowledgment: 101
                )
                script.tcp(time, [leg], .ack, sequence: 101, acknowledgment: 901)
            }
        }
        let edges = script.finish().edges.values.filter { "\($0.key.server.address)" == "10.0.0.2" }
        #expect(edges.count == 20)
        #expect(
            edges.allSatisfy { $0.metrics.connections.established == 1 && $0.metrics.connections.open == 1 }
        )
    }

    @Test func `unanswered attempts that were pushed out are not one-sided flows`() {
        let script = FrameScript { $0.maximumFlows = 8 }
        for number in 0..<100 { Self.send(.scan, number, at: Double(number), script) }
        let coverage = script.finish().coverage
        #expect(coverage.losses[.evictedFlows] == 92)
        #expect(coverage.losses[.oneSidedFlows] == nil)
    }

    @Test func `old conversations make room for new ones`() {
        let script = FrameScript { $0.maximumFlows = 20 }
        Self.ask(0, at: 0, script)
        for number in 0..<20 {
            let leg = Leg(client: "10.0.3.\(number + 1)", server: "10.0.0.2")
            script.handshake(1_000 + Double(number) * 10, [leg])
        }
        let reports = script.finish()
        #expect(reports.coverage.losses[.evictedFlows] == 20)
        #expect(reports.edges.values.filter { $0.metrics.connections.open == 1 }.count == 20)
    }
}
