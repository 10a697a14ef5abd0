// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `Memcached` {
    @Test func `text commands pair in order with their instants`() {
        var talk = Conversation()
        talk.client("set k 0 -1 5\r\nhe", at: 1)
        talk.client("llo\r\nget k other\r\n", at: 2)
        talk.server("STORED\r\n", at: 3)
        talk.server("VALUE k 0 5\r\nEND\r\n\r\nEND\r\n", at: 4)
        talk.client("incr n 1\r\ndelete gone\r\n", at: 5)
        talk.server("6\r\nNOT_FOUND\r\n", at: 6)
        talk.client("set big 0 0 9999999\r\n", at: 7)
        talk.server("SERVER_ERROR object too large for cache\r\n", at: 8)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            #expect(result.operations == ["set", "get", "incr", "delete", "set"])
            #expect(result.outcomes == [.ok, .ok, .ok, .ok, .serverError])
            #expect(result.statuses == [nil, nil, nil, nil, "SERVER_ERROR"])
            #expect(result.finished.map(\.responseEnd) == [3, 4, 6, 6, 8].map { milliseconds($0) })
            #expect(result.finished.map(\.requestEnd).prefix(2) == [milliseconds(2), milliseconds(2)])
            #expect(result.losses.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a control character ends the flags of a meta command`() {
        var talk = Conversation()
        talk.client("mg k \u{1}q\r\n", at: 1)
        talk.server("EN\r\n", at: 2)
        #expect(talk.follow(ports: (40_000, 11_211)).operations == ["mg"])
    }

    @Test func `noreply and quiet commands wait for nothing`() {
        var talk = Conversation()
        talk.client("set k 0 0 1 noreply\r\nx\r\nset k 0 0 1\r\ny\r\n", at: 1)
        talk.server("STORED\r\n", at: 2)
        talk.client("mg a v q\r\nmg b v q\r\nmn\r\n", at: 3)
        talk.server("VA 1\r\nz\r\nMN\r\n", at: 4)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            #expect(result.operations == ["set", "set", "mg", "mg", "mn"])
            #expect(result.finished.map { $0.responseEnd == nil } == [true, false, true, true, false])
            #expect(result.finished.map(\.isIncomplete).contains(true) == false)
            #expect(result.finished.map(\.isSession) == [false, false, false, false, true])
            #expect(result.losses.isEmpty)
        }
    }

    @Test func `the binary protocol pairs by opcode, quiet ones apart`() {
        func header(
            _ magic: UInt8,
            _ opcode: UInt8,
            key: Int,
            extras: Int,
            status: UInt16 = 0,
            body: Int
        ) -> [UInt8] {
            bytes([
                magic, opcode, UInt16(key), UInt8(extras), UInt8(0), status, UInt32(body), UInt32(0),
                UInt64(0),
            ])
        }
        var talk = Conversation()
        talk.send(
            .fromOriginator,
            header(0x80, 0x01, key: 1, extras: 8, body: 12) + [UInt8](repeating: 1, count: 12),
            at: 1
        )
        talk.send(.fromResponder, header(0x81, 0x01, key: 0, extras: 0, body: 0), at: 2)
        talk.send(
            .fromOriginator,
            header(0x80, 0x09, key: 1, extras: 0, body: 1) + [0x6B]
                + header(0x80, 0x0A, key: 0, extras: 0, body: 0),
            at: 3
        )
        talk.send(
            .fromResponder,
            header(0x81, 0x09, key: 0, extras: 4, body: 5) + [0, 0, 0, 0, 9]
                + header(0x81, 0x0A, key: 0, extras: 0, body: 0),
            at: 4
        )
        talk.send(.fromOriginator, header(0x80, 0x00, key: 1, extras: 0, body: 1) + [0x6B], at: 5)
        talk.send(
            .fromResponder,
            header(0x81, 0x00, key: 0, extras: 0, status: 0x82, body: 3) + Array("OOM".utf8),
            at: 6
        )
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            #expect(result.operations == ["set", "get", "noop", "get"])
            #expect(result.statuses == [nil, nil, nil, "ENOMEM"])
            #expect(result.finished.map(\.isSession) == [false, false, true, false])
            #expect(result.losses.isEmpty)
        }
    }

    @Test(arguments: ["get key\r\n", "delete mail\r\n", "version\r\n", "stats\r\n"])
    func `a word that others have too needs an answer`(command: String) {
        var talk = Conversation()
        talk.client(command, at: 1)
        talk.server("250 whatever\r\n", at: 2)
        #expect(talk.follow(ports: (40_000, 7_777), close: 3) == Conversation.Result())
        var other = Conversation()
        other.client("get key\r\n", at: 1)
        other.server("END\r\n", at: 2)
        #expect(other.follow(ports: (40_000, 7_777)).operations == ["get"])
    }
}
