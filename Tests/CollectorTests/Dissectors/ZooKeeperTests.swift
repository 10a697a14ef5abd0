// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `ZooKeeper` {
    private static let connect = counted(
        bytes([UInt32(0), UInt64(0), UInt32(10_000), UInt64(0), UInt32(16), UInt64(0), UInt64(0)])
    )
    private static let connected = counted(
        bytes([UInt32(0), UInt32(10_000), UInt64(77), UInt32(16), UInt64(0), UInt64(0)])
    )

    private static func request(_ xid: Int32, _ type: Int32, _ path: String = "") -> [UInt8] {
        counted(bytes([xid, type]) + (path.isEmpty ? [] : counted(Array(path.utf8)) + [0]))
    }

    private static func reply(_ xid: Int32, _ error: Int32 = 0, _ more: [UInt8] = []) -> [UInt8] {
        counted(bytes([xid, UInt64(5), error]) + more)
    }

    @Test func `a session, requests by id, watches and errors`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Self.connect, at: 1)
        talk.send(.fromResponder, Self.connected, at: 2)
        talk.send(.fromOriginator, Self.request(1, 3, "/a") + Self.request(2, 4, "/b"), at: 3)
        talk.send(.fromResponder, Self.reply(1, -101), at: 4)
        talk.send(.fromResponder, Self.reply(-1, 0, [0, 0, 0, 3]), at: 5)
        talk.send(.fromResponder, Self.reply(2, -102), at: 6)
        talk.send(.fromOriginator, Self.request(-2, 11), at: 7)
        talk.send(.fromResponder, Self.reply(-2), at: 8)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            #expect(result.operations == ["connect", "exists", "getData", "ping"])
            #expect(result.finished.map(\.isSession) == [true, false, false, true])
            #expect(result.statuses == [nil, "NONODE", "NOAUTH", nil])
            #expect(result.outcomes == [.ok, .ok, .clientError, .ok])
            #expect(result.finished.map(\.responseEnd) == [2, 4, 6, 8].map { milliseconds($0) })
            #expect(result.messages == [.fromResponder: 1])
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `a connection seen from its middle is recognized by a path`() {
        var talk = Conversation(hasHandshake: false)
        talk.send(.fromResponder, Self.reply(8), at: 1)
        talk.send(.fromOriginator, Self.request(9, 8, "/services"), at: 2)
        talk.send(.fromResponder, Self.reply(9), at: 3)
        let result = talk.follow(ports: (40_000, 7_777))
        #expect(result.operations == ["getChildren"])
        #expect(result.losses.isEmpty)
    }
}
