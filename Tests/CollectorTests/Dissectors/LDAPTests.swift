// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `LDAP` {
    private static func message(_ id: UInt8, _ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        let operation = [0x02, 0x01, id, tag, UInt8(content.count)] + content
        return [0x30, UInt8(operation.count)] + operation
    }

    private static let bind = message(1, 0x60, [0x02, 0x01, 0x03, 0x04, 0x00, 0x80, 0x00])
    private static func result(_ id: UInt8, _ tag: UInt8, _ code: UInt8) -> [UInt8] {
        message(id, tag, [0x0A, 0x01, code, 0x04, 0x00, 0x04, 0x00])
    }
    private static let search: [UInt8] = [0x04, 0x00, 0x0A, 0x01, 0x02, 0x0A, 0x01, 0x00]

    @Test func `requests pair by id, entries belong to their search`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Self.bind, at: 1)
        talk.send(.fromResponder, Self.result(1, 0x61, 49), at: 2)
        talk.send(
            .fromOriginator,
            Self.message(2, 0x63, Self.search) + Self.message(3, 0x6E, Self.search),
            at: 3
        )
        talk.send(.fromResponder, Self.message(2, 0x64, [0x04, 0x00, 0x30, 0x00]), at: 4)
        talk.send(.fromResponder, Self.result(3, 0x6F, 6), at: 5)
        talk.send(.fromResponder, Self.result(2, 0x65, 32), at: 6)
        talk.send(.fromOriginator, Self.message(4, 0x42, []), at: 7)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            #expect(result.operations == ["bind", "compare", "search"])
            #expect(result.statuses == ["invalidCredentials", nil, "noSuchObject"])
            #expect(result.outcomes == [.clientError, .ok, .clientError])
            #expect(result.finished.map(\.responseStart) == [2, 5, 4].map { milliseconds($0) })
            #expect(result.finished.map(\.responseEnd) == [2, 5, 6].map { milliseconds($0) })
            #expect(result.losses.isEmpty && result.inFlight == 0)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a message shorter than any is passed over once`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Self.bind, at: 1)
        talk.send(.fromResponder, Self.result(1, 0x61, 0), at: 2)
        talk.send(.fromOriginator, [0x30, 0x03, 0x02, 0x01, 0x02, 0x42, 0x00], at: 3)
        talk.send(.fromOriginator, Self.message(3, 0x63, Self.search), at: 4)
        talk.send(.fromResponder, Self.result(3, 0x65, 0), at: 5)
        #expect(talk.follow(ports: (40_000, 389)).operations == ["bind", "search"])
    }

    @Test func `what is abandoned was given up by the client`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Self.bind, at: 1)
        talk.send(.fromResponder, Self.result(1, 0x61, 0), at: 2)
        talk.send(.fromOriginator, Self.message(2, 0x63, Self.search), at: 3)
        talk.send(.fromOriginator, Self.message(3, 0x50, [2]), at: 4)
        #expect(talk.follow(ports: (40_000, 7_777)).outcomes == [.ok, .clientGaveUp])
    }

    @Test func `what follows StartTLS is another protocol`() {
        let name = Array("1.3.6.1.4.1.1466.20037".utf8)
        var talk = Conversation()
        talk.send(.fromOriginator, Self.bind, at: 1)
        talk.send(.fromResponder, Self.result(1, 0x61, 0), at: 2)
        talk.send(.fromOriginator, Self.message(2, 0x77, [0x80, UInt8(name.count)] + name), at: 3)
        talk.send(.fromResponder, Self.result(2, 0x78, 0), at: 4)
        talk.client("GET /inside HTTP/1.1\r\n\r\n", at: 5)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            #expect(result.operations == ["bind", "startTLS"])
            #expect(result.recognized == [.ldap, .http])
        }
    }
}
