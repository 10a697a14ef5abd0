// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `Cassandra` {
    private static func frame(
        _ version: UInt8,
        _ stream: Int16,
        _ opcode: UInt8,
        _ body: [UInt8] = []
    ) -> [UInt8] {
        bytes([version, UInt8(0), stream, opcode]) + counted(body)
    }

    private static func query(_ stream: Int16, _ text: String, version: UInt8 = 4) -> [UInt8] {
        frame(version, stream, 0x07, counted(Array(text.utf8)) + [0, 1, 0])
    }

    private static func startup(_ version: UInt8) -> [UInt8] {
        frame(version, 0, 0x01, bytes([UInt16(1), UInt16(11), "CQL_VERSION", UInt16(5), "3.0.0"]))
    }

    /// A segment of version 5; checksums are not looked at.
    private static func segment(_ payload: [UInt8]) -> [UInt8] {
        [UInt8(payload.count & 255), UInt8(payload.count >> 8), 0x02, 1, 2, 3] + payload + [4, 5, 6, 7]
    }

    @Test func `requests pair by stream, prepared statements are known by their id`() {
        let id = bytes([UInt16(4), UInt32(0xCAFE)])
        var talk = Conversation()
        talk.send(.fromOriginator, Self.startup(4), at: 1)
        talk.send(.fromResponder, Self.frame(0x84, 0, 0x02), at: 2)
        talk.send(
            .fromOriginator,
            Self.query(1, "SELECT a FROM shop.cart WHERE id = 5")
                + Self.query(2, "insert into t (a) values (1)"),
            at: 3
        )
        talk.send(.fromResponder, Self.frame(0x84, 2, 0x00, bytes([UInt32(0x1100), UInt16(1), "x"])), at: 4)
        talk.send(.fromResponder, Self.frame(0x84, 1, 0x08, bytes([UInt32(2), UInt32(0)])), at: 5)
        talk.send(
            .fromOriginator,
            Self.frame(4, 3, 0x09, counted(Array("UPDATE shop.cart SET a = ?".utf8))),
            at: 6
        )
        talk.send(.fromResponder, Self.frame(0x84, 3, 0x08, bytes([UInt32(4)]) + id), at: 7)
        talk.send(.fromOriginator, Self.frame(4, 4, 0x0A, id + [0, 1, 0]), at: 8)
        talk.send(.fromResponder, Self.frame(0x84, -1, 0x0C, [0, 0]), at: 9)
        talk.send(.fromResponder, Self.frame(0x84, 4, 0x08, bytes([UInt32(1)])), at: 9)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            #expect(
                result.operations == [
                    "STARTUP", "INSERT t", "SELECT shop.cart", "PREPARE", "UPDATE shop.cart",
                ]
            )
            #expect(result.statuses == [nil, "WRITE_TIMEOUT", nil, nil, nil])
            #expect(result.finished.map(\.isSession) == [true, false, false, false, false])
            #expect(result.messages == [.fromResponder: 1])
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `version 5 puts frames into segments after set-up`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Self.startup(5), at: 1)
        talk.send(.fromResponder, Self.frame(0x85, 0, 0x02), at: 2)
        let two =
            Self.query(1, "TRUNCATE TABLE shop.cart", version: 5) + Self.query(2, "USE shop", version: 5)
        talk.send(.fromOriginator, Self.segment(two), at: 3)
        talk.send(.fromResponder, Self.segment(Self.frame(0x85, 1, 0x08, [0, 0, 0, 1])), at: 4)
        talk.send(.fromResponder, Self.segment(Self.frame(0x85, 2, 0x08, [0, 0, 0, 3])), at: 5)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            #expect(result.operations == ["STARTUP", "TRUNCATE shop.cart", "USE"])
            #expect(result.finished.map(\.endedAt) == [2, 4, 5].map { milliseconds($0) })
            #expect(result.losses.isEmpty)
        }
    }
}
