// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

/// A stream that is parked where it is at rest goes on as if it had not been.
@Suite struct `Parked streams` {
    /// A conversation of a client that keeps its connection.
    private static func conversation(seed: UInt64) -> Conversation {
        var random = SeededGenerator(seed: seed)
        let hasHandshake = Int.random(in: 0..<4, using: &random) > 0
        var talk = Conversation(
            clientStart: UInt32.random(in: 0 ... .max, using: &random),
            serverStart: UInt32.random(in: 0 ... .max, using: &random),
            hasHandshake: hasHandshake
        )
        let isRedis = Bool.random(using: &random)
        var time: Int64 = 1
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let count = Int.random(in: 0..<4, using: &random) == 0 ? 3 : 1
            for number in 0..<count {
                talk.client(isRedis ? redisRequest(number, &random) : httpRequest(number, &random), at: time)
                time += Int64.random(in: 0...2, using: &random)
            }
            for number in 0..<count {
                talk.server(isRedis ? redisReply(number, &random) : httpResponse(number, &random), at: time)
                time += Int64.random(in: 0...2, using: &random)
            }
        }
        if Bool.random(using: &random) { talk.finish(.fromOriginator, at: time) }
        if Bool.random(using: &random) { talk.finish(.fromResponder, at: time + 1) }
        return talk
    }

    private static func httpRequest(_ number: Int, _ random: inout SeededGenerator) -> String {
        let host = ["shop", "shop", "cart.example", "10.0.0.1"][Int.random(in: 0..<4, using: &random)]
        return Int.random(in: 0..<5, using: &random) == 0
            ? "POST /cart HTTP/1.1\r\nHost: \(host)\r\nContent-Length: 3\r\n\r\nabc"
            : "GET /cart/\(number) HTTP/1.1\r\nHost: \(host)\r\n\r\n"
    }

    private static func httpResponse(_ number: Int, _ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: "HTTP/1.1 204 No Content\r\n\r\n"
        case 1: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
        case 2: "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\nno"
        default: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
        }
    }

    private static func redisRequest(_ number: Int, _ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: "PING\r\n"
        case 1: "*2\r\n$9\r\nSUBSCRIBE\r\n$1\r\na\r\n"
        case 2: "*2\r\n$6\r\nCONFIG\r\n$3\r\nGET\r\n"
        default: "*2\r\n$3\r\nGET\r\n$4\r\nkey\(number)\r\n"
        }
    }

    private static func redisReply(_ number: Int, _ random: inout SeededGenerator) -> String {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: "+OK\r\n"
        case 1: "*2\r\n$1\r\na\r\n:\(number)\r\n"
        case 2: "-ERR no\r\n"
        case 3: "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n"
        default: "$5\r\nhello\r\n"
        }
    }

    @Test func `yield what they would have yielded, damaged or not`() {
        var parkings = 0
        for seed in 0..<600 as Range<UInt64> {
            let talk = Self.conversation(seed: seed)
            let (whole, parked) = (talk.follow(close: 90_000), talk.follow(close: 90_000) { parkings += 1 })
            #expect(whole == parked, "SVCMAP_SEED=\(seed)")
            for damage in 0..<10 as Range<UInt64> {
                let damaged = talk.mutated(seed: damage)
                #expect(
                    damaged.follow(advance: 30_000, close: 90_000)
                        == damaged.follow(advance: 30_000, close: 90_000) { parkings += 1 },
                    "SVCMAP_SEED=\(seed), damaged by \(damage)"
                )
            }
        }
        #expect(parkings > 6_000)
    }

    @Test func `are as small as they are said to be`() { #expect(MemoryLayout<ParkedStream>.stride == 56) }

    /// The reports of a capture whose streams are parked at once where they are at rest, or never.
    private static func reports(
        _ path: String,
        restNanoseconds: Int64,
        threads: Int = 1
    ) throws -> [WindowReport] {
        var configuration = MeteringEngine.Configuration()
        configuration.restNanoseconds = restNanoseconds
        configuration.threads = threads
        var reports: [WindowReport] = []
        let engine = MeteringEngine(
            configuration: configuration,
            reporter: Reporter(id: "test", name: "test")
        ) { reports.append($0) }
        var source = try SavefilePacketSource(path: path)
        // A damaged capture is one up to its damage.
        while let progress = try? source.read({ engine.account($0) }), progress != .ended {}
        engine.finish()
        return reports
    }

    @Test func `make no difference to public captures`() throws {
        guard let folder = Corpus.folder else { return }
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        var count = 0
        for file in files {
            let path = folder + "/" + file
            guard let source = try? SavefilePacketSource(path: path), source.length != nil else { continue }
            let never = try Self.reports(path, restNanoseconds: .max)
            #expect(try Self.reports(path, restNanoseconds: 0) == never, "\(file)")
            count += 1
        }
        #expect(count > 0)
    }

    @Test(arguments: ["demo.pcap", "change.pcap", "demo-cni0.pcap"])
    func `make no difference to a cluster`(name: String) throws {
        guard let path = Checkout.recording(name) else { return }
        let never = try Self.reports(path, restNanoseconds: .max)
        for rest in [0, 1_000_000, 1_000_000_000] as [Int64] {
            #expect(try Self.reports(path, restNanoseconds: rest) == never)
            #expect(try Self.reports(path, restNanoseconds: rest, threads: 2) == never)
        }
    }

    @Test(arguments: [IPAddress(v4: 7), IPAddress(high: 0x2001_0DB8 << 32, low: 9)])
    func `keep addresses, names and clients`(server: IPAddress) throws {
        let shared = SharedDissectionState()
        var follower = StreamFollower(
            transport: .tcp,
            originatorPort: 80,
            responderPort: 40_000,
            patience: Patience(),
            originatorAddress: server,
            responderAddress: IPAddress(v4: 1),
            shared: shared
        )
        var parked = ParkedStreams()
        var output = DissectionOutput()
        // The capture began with a packet of the server, so it is the originator.
        func say(_ direction: FlowDirection, _ text: String, _ sequence: UInt32, _ acknowledged: UInt32) {
            follower.segment(
                direction,
                sequence: sequence,
                acknowledgment: acknowledged,
                flags: [.ack, .psh],
                payload: Array(text.utf8).octets,
                payloadLength: text.utf8.count,
                at: milliseconds(Int64(sequence)),
                into: &output
            )
        }
        func ask(_ host: String, from sequence: UInt32, _ peer: UInt32) -> (UInt32, UInt32) {
            let request = "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n"
            let response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            say(.fromResponder, request, sequence, peer)
            say(.fromOriginator, response, peer, sequence &+ UInt32(request.utf8.count))
            return (sequence &+ UInt32(request.utf8.count), peer &+ UInt32(response.utf8.count))
        }
        let first = ask("shop", from: 100, 5_000)
        #expect(output.names.map(\.name) == ["shop"])
        let place = parked.park(follower)
        let slot = try #require(place)
        let full = parked.count
        follower = parked.take(slot, patience: Patience(), shared: shared)
        let empty = parked.count
        #expect((full, empty) == (1, 0))
        #expect(follower.clientDirection == .fromResponder)
        // The name was told before the stream was parked, and is not told again.
        let second = ask("shop", from: first.0, first.1)
        #expect(output.names.count == 1)
        _ = ask("cart", from: second.0, second.1)
        #expect(output.names.map(\.name) == ["shop", "cart"])
        #expect(output.names.allSatisfy { $0.address == server })
        #expect(output.finished.count == 3)
        #expect(output.losses.isEmpty)
    }

    @Test func `of other hosts than there is room for are not parked`() {
        var names = ParkedNames()
        let numbers = (0..<ParkedNames.limit).map { names.hold("host-\($0)") }
        #expect(numbers == (0..<ParkedNames.limit).map { Int32($0) })
        let (refused, again) = (names.hold("one more"), names.hold("host-7"))
        #expect((refused, again) == (nil, 7))
        names.release(7)
        let stillRefused = names.hold("one more")
        names.release(7)
        let taken = names.hold("one more")
        #expect((stillRefused, taken) == (nil, 7))
        #expect(names[7] == "one more")
    }
}
