// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `Thrift` {
    private static func binary(_ kind: UInt8, _ name: String, _ id: UInt32, _ body: [UInt8] = [0]) -> [UInt8]
    {
        counted(bytes([UInt16(0x8001), UInt8(0), kind]) + counted(Array(name.utf8)) + bytes([id]) + body)
    }

    private static func compact(_ kind: UInt8, _ name: String, _ id: UInt8, _ body: [UInt8] = [0]) -> [UInt8]
    {
        counted(bytes([UInt8(0x82), kind << 5 | 1, id, UInt8(name.utf8.count), name]) + body)
    }

    @Test func `calls pair by sequence id`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Self.binary(1, "Cart:get", 7) + Self.binary(1, "add", 8), at: 1)
        talk.send(.fromResponder, Self.binary(2, "add", 8, [12, 0, 1, 0, 0]), at: 2)
        talk.send(.fromResponder, Self.binary(2, "Cart:get", 7, [8, 0, 0, 0, 0, 0, 1, 0]), at: 3)
        talk.send(.fromOriginator, Self.binary(4, "log", 9) + Self.binary(1, "nope", 10), at: 4)
        talk.send(.fromResponder, Self.binary(3, "nope", 10), at: 5)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            #expect(result.operations == ["add", "Cart:get", "log", "nope"])
            #expect(result.outcomes == [.serverError, .ok, .ok, .serverError])
            #expect(result.statuses == ["exception", nil, nil, "TApplicationException"])
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `the compact protocol is followed alike`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Self.compact(1, "get", 1) + Self.compact(1, "get", 2), at: 1)
        talk.send(.fromResponder, Self.compact(2, "get", 2, [0x1C, 0, 0]), at: 2)
        talk.send(.fromResponder, Self.compact(2, "get", 1, [0x05, 0, 2, 0]), at: 3)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            #expect(result.operations == ["get", "get"])
            #expect(result.outcomes == [.serverError, .ok])
            #expect(result.finished.map(\.endedAt) == [milliseconds(2), milliseconds(3)])
        }
    }
}
