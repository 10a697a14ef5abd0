// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `TLS` {
    private typealias Bytes = TLSBytes

    private static let hello = Bytes.record(22, Bytes.clientHello(), version: 0x0301)
    private static let hello13 = Bytes.record(22, Bytes.serverHello(suite: 0x1301))

    private static func steps(_ result: Conversation.Result) -> [TLSHandshakeEvent.Step] {
        result.handshakes.map(\.step)
    }

    private static func follow(_ talk: Conversation, close: Int64? = nil) -> Conversation.Result {
        talk.follow(ports: (40_000, 7_777), close: close)
    }

    /// Up to the server's Finished.
    private static func begun13(
        _ hello: [UInt8] = hello,
        server: [UInt8] = hello13
    ) -> Conversation {
        var talk = Conversation()
        talk.send(.fromOriginator, hello, at: 1)
        talk.send(.fromResponder, server + Bytes.changeCipherSpec + Bytes.sealed(900), at: 3)
        return talk
    }

    private static func full12() -> Conversation {
        var talk = Conversation()
        talk.send(.fromOriginator, hello, at: 1)
        let answer =
            Bytes.serverHello(suite: 0xC02F, others: [(16, Bytes.nextProtocols(["http/1.1"]))])
            + Bytes.handshake(11, [UInt8](repeating: 7, count: 300)) + Bytes.handshake(14, [])
        talk.send(.fromResponder, Bytes.record(22, answer), at: 2)
        talk.send(
            .fromOriginator,
            Bytes.record(22, Bytes.handshake(16, [1, 2, 3])) + Bytes.changeCipherSpec + Bytes.finished12,
            at: 4
        )
        talk.send(.fromResponder, Bytes.changeCipherSpec + Bytes.finished12, at: 8)
        return talk
    }

    @Test func `1.2 is complete when both sides changed the cipher`() {
        var talk = Self.full12()
        talk.send(.fromOriginator, Bytes.sealed(200), at: 9)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(result.recognized == [.tls])
            #expect(Self.steps(result) == [.attempted, .completed(nanoseconds: 7_000_000, isResumed: false)])
            #expect(result.handshakes.map(\.at) == [milliseconds(8), milliseconds(8)])
            #expect(result.handshakes.map(\.version) == [.tls12, .tls12])
            #expect(result.handshakes.last?.nextProtocol == "http/1.1")
            #expect(result.names.map(\.name) == ["shop.example"])
            #expect(result.names.map(\.source) == [.tls])
            #expect(result.names.map(\.address) == [IPAddress(v4: 0x0A00_0002)])
            #expect(result.client == .fromOriginator)
            #expect(result.started.isEmpty && result.finished.isEmpty && result.losses.isEmpty)
        }
    }

    @Test func `1.2 resumed has no key exchange, and the server changes first`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Self.hello, at: 1)
        talk.send(
            .fromResponder,
            Bytes.record(22, Bytes.serverHello(suite: 0xC02F, version: 0x0302)) + Bytes.changeCipherSpec
                + Bytes.finished12,
            at: 2
        )
        talk.send(.fromOriginator, Bytes.changeCipherSpec + Bytes.finished12, at: 4)
        let result = Self.follow(talk)
        #expect(Self.steps(result) == [.attempted, .completed(nanoseconds: 3_000_000, isResumed: true)])
        #expect(result.handshakes.map(\.version) == [.tls11, .tls11])
    }

    @Test func `1.3 is complete when the client goes on after its Finished`() {
        var talk = Self.begun13()
        talk.send(.fromOriginator, Bytes.changeCipherSpec + Bytes.finished13, at: 6)
        #expect(Self.follow(talk).handshakes.isEmpty)
        talk.send(.fromOriginator, Bytes.sealed(300), at: 9)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(Self.steps(result) == [.attempted, .completed(nanoseconds: 5_000_000, isResumed: false)])
            #expect(result.handshakes.map(\.at) == [milliseconds(9), milliseconds(9)])
            #expect(result.handshakes.last?.version == .tls13)
            #expect(result.handshakes.last?.nextProtocol == "h2")
        }
    }

    @Test func `1.3 with SHA-384, certificates of the client and a session taken up`() {
        let server = Bytes.record(22, Bytes.serverHello(suite: 0x1302, others: [(41, [0, 0])]))
        var talk = Self.begun13(server: server)
        talk.send(.fromOriginator, Bytes.sealed(900) + Bytes.sealed(280) + Bytes.sealed(69), at: 6)
        talk.send(.fromOriginator, Bytes.sealed(40), at: 7)
        let completed = TLSHandshakeEvent.Step.completed(nanoseconds: 5_000_000, isResumed: true)
        #expect(Self.steps(Self.follow(talk)) == [.attempted, completed])
        // All messages in one record: complete when the server went on and the client after it.
        var packed = Self.begun13(server: server)
        packed.send(.fromOriginator, Bytes.sealed(1_300), at: 6)
        packed.send(.fromResponder, Bytes.sealed(250), at: 7)
        #expect(Self.follow(packed).handshakes.isEmpty)
        packed.send(.fromOriginator, Bytes.sealed(400), at: 8)
        #expect(Self.steps(Self.follow(packed)) == [.attempted, completed])
    }

    @Test func `a retry request and early data are of one handshake`() {
        let early = Bytes.record(22, Bytes.clientHello(others: [(42, [])]))
        var talk = Conversation()
        talk.send(.fromOriginator, early + Bytes.changeCipherSpec + Bytes.sealed(600), at: 1)
        talk.send(
            .fromResponder,
            Bytes.record(22, Bytes.serverHello(suite: 0x1301, isRetryRequest: true)) + Bytes.changeCipherSpec,
            at: 2
        )
        talk.send(.fromOriginator, Self.hello, at: 3)
        talk.send(.fromResponder, Self.hello13 + Bytes.sealed(900), at: 4)
        talk.send(.fromOriginator, Bytes.finished13, at: 5)
        talk.send(.fromOriginator, Bytes.sealed(77), at: 6)
        talk.forEverySplit { talk in
            let result = Self.follow(talk)
            #expect(Self.steps(result) == [.attempted, .completed(nanoseconds: 4_000_000, isResumed: false)])
            #expect(result.names.count == 1)
        }
    }

    @Test func `early data behind the ServerHello completes nothing`() {
        var talk = Self.begun13(Bytes.record(22, Bytes.clientHello(others: [(42, [])])))
        talk.send(.fromOriginator, Bytes.sealed(600), at: 4)
        talk.send(.fromResponder, Bytes.sealed(300), at: 5)
        talk.send(.fromOriginator, Bytes.sealed(600), at: 6)
        #expect(Self.follow(talk).handshakes.isEmpty)
        talk.send(.fromOriginator, Bytes.sealed(21) + Bytes.finished13, at: 7)
        talk.send(.fromOriginator, Bytes.sealed(19), at: 8)
        let completed = TLSHandshakeEvent.Step.completed(nanoseconds: 6_000_000, isResumed: false)
        #expect(Self.steps(Self.follow(talk)) == [.attempted, completed])
    }

    @Test func `a fatal alert fails the handshake, by name`() {
        for (description, name) in [
            (UInt8(40), "handshake_failure"), (112, "unrecognized_name"), (99, "alert_99"),
        ] {
            var talk = Conversation()
            talk.send(.fromOriginator, Self.hello, at: 1)
            talk.send(.fromResponder, Bytes.alert(112, level: 1) + Bytes.alert(description), at: 2)
            talk.finish(.fromResponder, at: 3)
            talk.forEverySplit { talk in
                let result = Self.follow(talk)
                #expect(Self.steps(result) == [.attempted, .failed(alert: name)])
                #expect(result.handshakes.map(\.at) == [milliseconds(2), milliseconds(2)])
            }
        }
    }

    @Test func `the client's refusal of a certificate fails it, too`() {
        var talk = Self.full12()
        talk.packets.removeLast(2)
        talk.packets.append(
            Conversation.Packet(
                direction: .fromOriginator,
                sequence: 1_001 + UInt32(Self.hello.count),
                acknowledgment: nil,
                payload: Bytes.alert(48),
                time: milliseconds(3)
            )
        )
        #expect(Self.steps(Self.follow(talk)) == [.attempted, .failed(alert: "unknown_ca")])
    }

    @Test func `an encrypted alert instead of the client's Finished fails it`() {
        var talk = Self.begun13()
        talk.send(.fromOriginator, Bytes.changeCipherSpec + Bytes.sealed(19), at: 4)
        #expect(Self.follow(talk).handshakes.isEmpty)
        var closed = talk
        closed.finish(.fromOriginator, at: 5)
        #expect(Self.steps(Self.follow(closed)) == [.attempted, .failed(alert: "encrypted_alert")])
        talk.reset(.fromResponder, at: 5)
        #expect(Self.steps(Self.follow(talk)) == [.attempted, .failed(alert: "encrypted_alert")])
    }

    @Test func `what ends in the middle is an attempt and nothing else`() {
        var reset = Conversation()
        reset.send(.fromOriginator, Self.hello, at: 1)
        #expect(Self.follow(reset).handshakes.isEmpty)
        #expect(Self.steps(Self.follow(reset, close: 9)) == [.attempted])
        var closed = reset
        reset.reset(.fromResponder, at: 2)
        #expect(Self.steps(Self.follow(reset, close: 9)) == [.attempted])
        closed.finish(.fromResponder, at: 2)
        #expect(Self.follow(closed).handshakes.isEmpty)
        closed.finish(.fromOriginator, at: 3)
        #expect(Self.follow(closed).handshakes.map(\.at) == [milliseconds(3)])
        // In order, though with an alert; and what may be an answer to the client's own end.
        var cancelled = Self.begun13()
        cancelled.send(.fromOriginator, Bytes.finished13, at: 4)
        cancelled.send(.fromResponder, Bytes.sealed(19), at: 5)
        cancelled.finish(.fromResponder, at: 5)
        cancelled.finish(.fromOriginator, at: 6)
        #expect(Self.steps(Self.follow(cancelled)) == [.attempted])
    }

    @Test func `a server that does not speak TLS is an attempt`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Self.hello, at: 1)
        talk.server("HTTP/1.1 400 Bad Request\r\n\r\n", at: 2)
        let result = Self.follow(talk)
        #expect(Self.steps(result) == [.attempted])
        #expect(result.losses == [.abandonedStreams])
    }

    @Test func `a hello in many records is one`() {
        let message = Bytes.clientHello()
        let pieces = [message.prefix(60), message[60..<61], message.dropFirst(61)]
        var talk = Conversation()
        talk.send(.fromOriginator, pieces.flatMap { Bytes.record(22, Array($0)) }, at: 1)
        talk.forEverySplit { talk in #expect(Self.follow(talk).names.map(\.name) == ["shop.example"]) }
    }

    @Test(arguments: ["10.0.0.1", "", "a b", "x\u{1}y", "localhost"])
    func `what is no host name names nothing`(text: String) {
        var talk = Conversation()
        talk.send(.fromOriginator, Bytes.record(22, Bytes.clientHello(text)), at: 1)
        let result = Self.follow(talk)
        #expect(result.recognized == [.tls])
        #expect(result.names.isEmpty)
    }

    @Test func `the middle of a connection is recognized, and nothing is counted`() {
        var talk = Conversation(hasHandshake: false)
        talk.send(.fromResponder, [UInt8](repeating: 0x5A, count: 900), at: 1)
        talk.send(.fromResponder, Bytes.sealed(80), at: 2)
        talk.send(.fromOriginator, Bytes.sealed(19), at: 3)
        talk.finish(.fromOriginator, at: 4)
        let result = Self.follow(talk, close: 9)
        #expect(result.recognized == [.tls])
        #expect(result.client == nil)
        #expect(result.handshakes.isEmpty && result.losses.isEmpty)
        // Like a record, but not where it ends; and a single header.
        for bytes in [Bytes.sealed(80) + [1], Array(Bytes.sealed(80).dropLast()), [0x17, 3, 3, 0, 80]] {
            var other = Conversation(hasHandshake: false)
            other.send(.fromResponder, bytes, at: 1)
            #expect(Self.follow(other).recognized.isEmpty)
        }
    }

    @Test func `TLS behind another greeting is counted, behind a proxy it names nobody`() {
        var talk = Conversation()
        talk.server("220 mail ESMTP\r\n", at: 1)
        talk.client("STARTTLS\r\n", at: 2)
        talk.server("220 go ahead\r\n", at: 3)
        var proxied = Conversation()
        proxied.client("CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example\r\n\r\n", at: 1)
        proxied.server("HTTP/1.1 200 OK\r\n\r\n", at: 2)
        for (beginning, names) in [(talk, ["shop.example"]), (proxied, [])] {
            var talk = beginning
            talk.send(.fromOriginator, Self.hello, at: 4)
            talk.send(.fromResponder, Bytes.alert(40), at: 5)
            let result = Self.follow(talk)
            #expect(Self.steps(result) == [.attempted, .failed(alert: "handshake_failure")])
            #expect(result.names.map(\.name) == names)
        }
    }

    @Test func `lost and cut segments leave the verdict where it can be had`() {
        // The certificate is lost, and of the rest only the beginnings were captured.
        var talk = Conversation()
        talk.send(.fromOriginator, Self.hello, at: 1)
        talk.send(.fromResponder, Bytes.record(22, Bytes.serverHello(suite: 0xC02F)), at: 2)
        let certificate = Bytes.record(22, Bytes.handshake(11, [UInt8](repeating: 7, count: 2_000)))
        talk.send(.fromResponder, Array(certificate.prefix(60)), wireLength: certificate.count, at: 2)
        talk.send(.fromResponder, Bytes.record(22, Bytes.handshake(14, [])), at: 3)
        talk.send(.fromOriginator, Bytes.record(22, Bytes.handshake(16, [1])) + Bytes.changeCipherSpec, at: 4)
        talk.send(.fromResponder, Bytes.changeCipherSpec, at: 5)
        let completed = TLSHandshakeEvent.Step.completed(nanoseconds: 4_000_000, isResumed: false)
        #expect(Self.steps(Self.follow(talk)) == [.attempted, completed])
        talk.packets.remove(at: 5)
        #expect(Self.steps(Self.follow(talk)) == [.attempted, completed])
        // Of the ServerHello the cipher suite is left, of the ClientHello nothing behind the name.
        var cut = Conversation()
        cut.send(.fromOriginator, Array(Self.hello.prefix(108)), wireLength: Self.hello.count, at: 1)
        cut.send(.fromResponder, Array(Self.hello13.prefix(47)), wireLength: Self.hello13.count, at: 2)
        cut.send(.fromOriginator, Array(Bytes.finished13.prefix(30)), wireLength: 58, at: 3)
        cut.send(.fromOriginator, Bytes.sealed(25), at: 4)
        let result = Self.follow(cut)
        #expect(Self.steps(result) == [.attempted, .completed(nanoseconds: 2_000_000, isResumed: false)])
    }

    @Test func `an endless hello is read up to its limit`() {
        var talk = Conversation()
        let filler = (UInt16(0xFFAA), [UInt8](repeating: 0, count: 40_000))
        let message = Bytes.clientHello(others: [filler])
        for start in stride(from: 0, to: message.count, by: 10_000) {
            let piece = Array(message[start..<min(start + 10_000, message.count)])
            talk.send(.fromOriginator, Bytes.record(22, piece), at: 1)
        }
        talk.send(.fromResponder, Bytes.alert(80), at: 2)
        let result = Self.follow(talk)
        #expect(Self.steps(result) == [.attempted, .failed(alert: "internal_error")])
        #expect(result.names.isEmpty)
    }

    @Test func `mutated handshakes never trap, and none has more verdicts than attempts`() {
        let conversations = [Self.full12(), Self.begun13()]
        for seed in 0..<3_000 {
            var random = SeededGenerator(seed: UInt64(seed))
            var talk = conversations[seed % 2]
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let index = Int.random(in: 0..<talk.packets.count, using: &random)
                let places = talk.packets[index].payload.indices
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where talk.packets.count > 1: talk.packets.remove(at: index)
                case 1: talk.packets[index].wireLength = Int.random(in: 0...20_000, using: &random)
                case 2: talk.packets[index].payload = Array(talk.packets[index].payload.prefix(50))
                default:
                    guard let at = places.randomElement(using: &random) else { continue }
                    talk.packets[index].payload[at] = UInt8.random(in: 0...255, using: &random)
                }
            }
            let result = Self.follow(talk, close: 90)
            let attempted = result.handshakes.filter { $0.step == .attempted }.count
            #expect(attempted <= 1 && result.handshakes.count <= 2 * attempted, "seed \(seed)")
            #expect(result.inFlight == 0, "seed \(seed)")
        }
    }
}
