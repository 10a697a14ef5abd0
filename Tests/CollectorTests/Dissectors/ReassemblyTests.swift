// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `TCP reassembly` {
    private static let body = String(repeating: "0123456789", count: 30)

    /// Two exchanges with bodies, in segments of 50 bytes.
    private static func exchange(clientStart: UInt32 = 1_000, serverStart: UInt32 = 9_000) -> Conversation {
        var talk = Conversation(clientStart: clientStart, serverStart: serverStart)
        talk.client("POST /a HTTP/1.1\r\nContent-Length: 300\r\n\r\n\(body)", at: 10)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n\(body)", at: 20)
        talk.client("GET /b HTTP/1.1\r\n\r\n", at: 30)
        talk.server(
            "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n12c\r\n\(body)\r\n0\r\n\r\n",
            at: 40
        )
        talk.finish(.fromOriginator, at: 50)
        talk.finish(.fromResponder, at: 51)
        return talk.cut(inPieces)
    }

    private static func inPieces(_ bytes: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + 50, bytes.count)
            pieces.append(Array(bytes[offset..<end]))
            offset = end
        }
        return pieces
    }

    private static let starts: [UInt32] = [
        0, 1_000, 4_294_967_295, 4_294_967_265, 4_294_967_095, 4_294_966_955, 2_147_483_648,
    ]

    @Test(arguments: starts)
    func `sequence numbers wrap around`(start: UInt32) {
        let plain = Self.exchange().follow()
        #expect(plain.operations == ["POST /a", "GET /b"])
        #expect(Self.exchange(clientStart: start, serverStart: start &- 17).follow() == plain)
    }

    @Test func `reordering, repetition and overlap inside a message change no byte`() {
        let plain = Self.exchange()
        let expected = plain.follow()
        for seed in 0..<400 {
            var random = SeededGenerator(seed: UInt64(seed))
            var talk = plain
            // Segments of one message share their time, so order among them is free.
            var groups: [[Conversation.Packet]] = []
            for packet in plain.packets {
                if let last = groups.last?.last, last.time == packet.time, last.direction == packet.direction,
                    !packet.payload.isEmpty
                {
                    groups[groups.count - 1].append(packet)
                } else {
                    groups.append([packet])
                }
            }
            talk.packets = groups.flatMap { group -> [Conversation.Packet] in
                guard group.count > 1 else { return group }
                var mixed = group.shuffled(using: &random)
                // A repeated segment, longer to the left or to the right.
                if let one = group.randomElement(using: &random) {
                    mixed.insert(one, at: Int.random(in: 0...mixed.count, using: &random))
                }
                if group.count > 2 {
                    let index = Int.random(in: 0..<group.count - 1, using: &random)
                    var joined = group[index]
                    joined.payload += group[index + 1].payload
                    mixed.insert(joined, at: Int.random(in: 0...mixed.count, using: &random))
                }
                return mixed
            }
            #expect(talk.follow() == expected, "seed \(seed)")
        }
    }

    @Test func `a byte is seen when all before it are`() throws {
        var talk = Conversation()
        talk.client("GET /a HTTP/1.1\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n", at: 2)
        talk.server("0123456789", at: 3)
        talk.server("0123456789", at: 4)
        talk.server("0123456789", at: 5)
        // The middle is lost and sent again at 200; the end of the response waits for it.
        var lost = talk.packets.remove(at: 5)
        lost.time = milliseconds(200)
        talk.packets.append(lost)
        let result = talk.follow()
        let one = try #require(result.finished.first)
        #expect(one.responseStart == milliseconds(2))
        #expect(one.responseEnd == milliseconds(200))
        #expect(result.losses.isEmpty)
    }

    @Test func `a lost start of a response delays its first byte, not the next response`() {
        var talk = Conversation()
        talk.client("GET /a HTTP/1.1\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 200 OK\r\n", at: 2)
        talk.server("Content-Length: 0\r\n\r\n", at: 3)
        talk.client("GET /b HTTP/1.1\r\n\r\n", at: 300)
        talk.server("HTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n", at: 301)
        var lost = talk.packets.remove(at: 3)
        lost.time = milliseconds(250)
        talk.packets.insert(lost, at: 4)
        let result = talk.follow()
        #expect(result.finished.map(\.responseStart) == [milliseconds(250), milliseconds(301)])
        #expect(result.statuses == ["200", "201"])
    }

    @Test(arguments: [true, false])
    func `a gap in a body of known length is skipped`(hasAcknowledgments: Bool) {
        var talk = Conversation()
        talk.client("GET /a HTTP/1.1\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n", at: 2)
        for index in 0..<100 {
            talk.send(.fromResponder, [UInt8](repeating: 0x78, count: 100), at: 3 + Int64(index))
        }
        talk.client("GET /b HTTP/1.1\r\n\r\n", at: 200)
        talk.server("HTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n", at: 201)
        talk.packets.remove(at: 20)
        let result = talk.follow(hasAcknowledgments: hasAcknowledgments)
        #expect(result.statuses == ["200", "201"])
        #expect(result.finished.first?.responseEnd == milliseconds(102))
        #expect(result.losses == [.reassemblyGaps])
    }

    @Test func `a gap over the end of a body leaves the response without an end`() {
        var talk = Conversation()
        talk.client("GET /a HTTP/1.1\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n0123456789", at: 2)
        talk.server("0123456789", at: 3)
        talk.client("GET /b HTTP/1.1\r\n\r\n", at: 4)
        talk.server("HTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n", at: 5)
        talk.packets.remove(at: 4)
        let result = talk.follow()
        #expect(result.statuses == ["200", "201"])
        #expect(result.finished.map(\.isIncomplete) == [true, false])
        #expect(result.losses == [.reassemblyGaps])
    }

    @Test func `a response lost whole costs its request the outcome and no other pair`() {
        var talk = Conversation()
        for index in 0..<4 {
            talk.client("GET /r HTTP/1.1\r\n\r\n", at: Int64(index) * 10 + 1)
            talk.server("HTTP/1.1 20\(index) OK\r\nContent-Length: 0\r\n\r\n", at: Int64(index) * 10 + 2)
        }
        talk.packets.remove(at: 5)
        let result = talk.follow()
        #expect(result.statuses == ["200", "202", "203"])
        #expect(result.losses == [.reassemblyGaps, .unmatchedRequests])
        #expect(result.finished.map(\.requestStart) == [1, 21, 31].map { milliseconds($0) })
    }

    @Test func `a request lost whole makes its response unmatched`() {
        var talk = Conversation()
        for index in 0..<3 {
            talk.client("GET /r HTTP/1.1\r\n\r\n", at: Int64(index) * 10 + 1)
            talk.server("HTTP/1.1 20\(index) OK\r\nContent-Length: 0\r\n\r\n", at: Int64(index) * 10 + 2)
        }
        talk.packets.remove(at: 4)
        let result = talk.follow()
        #expect(result.statuses == ["200", "202"])
        #expect(result.losses.contains(.unmatchedResponses))
        #expect(result.losses.contains(.reassemblyGaps))
        #expect(result.inFlight == 0)
    }

    @Test func `lost sync among pipelined requests ends the dissection`() {
        var talk = Conversation()
        talk.client("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n", at: 1)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", at: 2)
        talk.server("HTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n", at: 3)
        talk.server("HTTP/1.1 202 OK\r\nContent-Length: 0\r\n\r\n", at: 4)
        talk.client("GET /d HTTP/1.1\r\n\r\n", at: 5)
        talk.server("HTTP/1.1 203 OK\r\nContent-Length: 0\r\n\r\n", at: 6)
        talk.packets.remove(at: 4)
        let result = talk.follow()
        #expect(result.statuses == ["200"])
        #expect(result.losses.filter { $0 == .unmatchedRequests }.count == 2)
        #expect(result.losses.contains(.abandonedStreams))
    }

    @Test func `whatever was not captured, no response goes to another request`() {
        let paths = Array("abcdefghijkl")
        for seed in 0..<3_000 {
            var random = SeededGenerator(seed: UInt64(seed))
            var talk = Conversation(hasHandshake: seed % 3 != 0)
            for (index, path) in paths.enumerated() {
                let time = Int64(index) * 10
                let body = String(repeating: "z", count: Int.random(in: 0...90, using: &random))
                talk.client(
                    "POST /\(path) HTTP/1.1\r\nContent-Length: \(body.count)\r\n\r\n\(body)",
                    at: time + 1
                )
                let framing =
                    index % 2 == 0
                    ? "Content-Length: \(body.count)\r\n\r\n\(body)"
                    : "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                talk.server("HTTP/1.1 \(200 + index) OK\r\n\(framing)", at: time + 3)
            }
            talk = talk.cut(Self.inPieces)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                talk.packets.remove(at: Int.random(in: 0..<talk.packets.count, using: &random))
            }
            let result = talk.follow(close: 900)
            for one in result.finished {
                guard let status = one.status.flatMap({ Int($0) }), let path = one.operation.last else {
                    continue
                }
                #expect(paths[status - 200] == path, "seed \(seed): \(one.operation) \(status)")
            }
        }
    }

    @Test(arguments: [60, 90, 200])
    func `captures with a short snapshot length keep their pairs`(snapLength: Int) {
        var talk = Conversation()
        for index in 0..<3 {
            let time = Int64(index) * 10
            talk.client("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", at: time + 1)
            talk.server(
                "HTTP/1.1 20\(index) OK\r\nContent-Length: 2000\r\n\r\n" + String(repeating: "x", count: 960),
                at: time + 2
            )
            talk.server(String(repeating: "y", count: 2_000 - 960), at: time + 3)
        }
        for index in talk.packets.indices where talk.packets[index].payload.count > snapLength {
            talk.packets[index].wireLength = talk.packets[index].payload.count
            talk.packets[index].payload = Array(talk.packets[index].payload.prefix(snapLength))
        }
        let result = talk.follow()
        #expect(result.statuses == ["200", "201", "202"])
        #expect(result.finished.map(\.responseEnd) == [3, 13, 23].map { milliseconds($0) })
        #expect(result.finished.allSatisfy { !$0.isIncomplete })
        #expect(result.losses.isEmpty)
    }

    @Test func `a stream that had begun before is found at its next message`() {
        var talk = Conversation(hasHandshake: false)
        talk.server("the middle of some body GET / HTTP/1.1\r\n\r\n", at: 1)
        talk.server("its end", at: 2)
        talk.client("GET /a HTTP/1.1\r\n\r\n", at: 3)
        talk.server("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", at: 4)
        let result = talk.follow()
        #expect(result.operations == ["GET /a"])
        #expect(result.statuses == ["200"])
        // A segment from before the origin, late, is no part of it.
        var late = talk
        var before = late.packets[0]
        before.sequence = before.sequence &- 10
        before.payload = Array(before.payload.prefix(10))
        late.packets.insert(before, at: 1)
        #expect(late.follow() == result)
    }

    @Test func `a FIN that overtakes data waits for it`() {
        var talk = Conversation()
        talk.client("GET /a HTTP/1.0\r\n\r\n", at: 1)
        talk.server("HTTP/1.0 200 OK\r\n\r\n", at: 2)
        talk.server("body", at: 3)
        talk.finish(.fromResponder, at: 4)
        talk.packets.swapAt(4, 5)
        talk.packets[4].time = milliseconds(3)
        talk.packets[5].time = milliseconds(9)
        let result = talk.follow()
        #expect(result.finished.first?.responseEnd == milliseconds(9))
        #expect(result.finished.first?.isIncomplete == false)
    }

    @Test func `held bytes are bounded for all flows together`() {
        let shared = SharedDissectionState()
        var output = DissectionOutput()
        let chunk = [UInt8](repeating: 0x78, count: 60_000)
        var followers: [StreamFollower] = []
        for _ in 0..<400 {
            let follower = StreamFollower(
                transport: .tcp,
                originatorPort: 1,
                responderPort: 2,
                patience: Patience(),
                shared: shared
            )
            follower.segment(
                .fromOriginator,
                sequence: 0,
                flags: .syn,
                payload: RawSpan(),
                payloadLength: 0,
                at: milliseconds(0),
                into: &output
            )
            for index in 0..<4 {
                follower.segment(
                    .fromOriginator,
                    sequence: 1_000_000 + UInt32(index) * 60_000,
                    flags: .ack,
                    payload: chunk.octets,
                    payloadLength: chunk.count,
                    at: milliseconds(1),
                    into: &output
                )
            }
            followers.append(follower)
        }
        #expect(output.losses.contains(.reassemblyOverflow))
        #expect(shared.heldOctets <= ReassemblyLimits.bytesOfAllFlows)
        #expect(shared.heldOctets > ReassemblyLimits.bytesOfAllFlows / 2)
        for follower in followers { follower.close(at: milliseconds(2), into: &output) }
        #expect(shared.heldOctets == 0)
    }
}
