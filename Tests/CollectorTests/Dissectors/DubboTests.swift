// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

@Suite struct `Dubbo` {
    private static func message(_ flags: UInt8, _ status: UInt8, _ id: UInt64, _ body: [UInt8]) -> [UInt8] {
        bytes([UInt16(0xDABB), flags, status, id]) + counted(body)
    }

    private static func text(_ text: String) -> [UInt8] {
        text.utf8.count < 32
            ? [UInt8(text.utf8.count)] + Array(text.utf8)
            : [0x30 | UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 255)] + Array(text.utf8)
    }

    private static func call(_ id: UInt64, _ method: String, flags: UInt8 = 0xC2) -> [UInt8] {
        message(
            flags,
            0,
            id,
            text("2.0.2") + text("org.apache.dubbo.samples.api.GreetingService") + text("0.0.0")
                + text(method)
        )
    }

    @Test func `calls pair by id, with service and method`() {
        var talk = Conversation()
        talk.send(.fromOriginator, Self.call(1, "sayHello") + Self.call(2, "fail"), at: 1)
        talk.send(.fromResponder, Self.message(0x02, 20, 2, [0x90, 1]), at: 2)
        talk.send(.fromResponder, Self.message(0x02, 20, 1, [0x91, 1]), at: 3)
        talk.send(.fromOriginator, Self.message(0xE2, 0, 3, [0x4E]) + Self.call(4, "log", flags: 0x82), at: 4)
        talk.send(.fromResponder, Self.message(0x22, 20, 3, [0x4E]), at: 5)
        talk.send(.fromResponder, Self.message(0xE2, 0, 9, [0x4E]), at: 6)
        talk.send(.fromOriginator, Self.message(0x22, 20, 9, [0x4E]), at: 6)
        talk.send(.fromOriginator, Self.call(5, "slow"), at: 7)
        talk.send(.fromResponder, Self.message(0x02, 31, 5, [0x05]), at: 8)
        talk.forEverySplit { talk in
            let result = talk.follow(ports: (40_000, 7_777))
            let service = "org.apache.dubbo.samples.api.GreetingService"
            #expect(
                result.operations
                    == [
                        "\(service)/fail", "\(service)/sayHello", "\(service)/log", "heartbeat",
                        "\(service)/slow",
                    ]
            )
            #expect(result.statuses == ["exception", nil, nil, nil, "SERVER_TIMEOUT"])
            #expect(result.finished.map(\.isSession) == [false, false, false, true, false])
            #expect(result.losses.isEmpty)
        }
    }
}
