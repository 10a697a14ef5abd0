// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel

/// Writes DNS messages and follows them through datagrams.
enum DNSBytes {
    static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }

    static func name(_ text: String) -> [UInt8] {
        text.split(separator: ".").flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) } + [0]
    }

    static func query(_ id: UInt16, _ question: String, type: UInt16 = 1, hasOption: Bool = false) -> [UInt8] {
        let option: [UInt8] = hasOption ? [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0] : []
        return word(id) + [1, 0, 0, 1, 0, 0, 0, 0, 0, hasOption ? 1 : 0] + name(question) + word(type) + [0, 1] + option
    }

    /// A response; records are owner (pointers allowed), type and data.
    static func response(
        _ id: UInt16,
        _ question: String,
        type: UInt16 = 1,
        code: UInt8 = 0,
        flags: UInt8 = 0x81,
        records: [(owner: [UInt8], type: UInt16, data: [UInt8])] = []
    ) -> [UInt8] {
        var bytes = word(id) + [flags, 0x80 | code, 0, 1] + word(UInt16(records.count)) + [0, 0, 0, 0]
        bytes += name(question) + word(type) + [0, 1]
        for record in records {
            bytes += record.owner + word(record.type) + [0, 1, 0, 0, 0, 5] + word(UInt16(record.data.count)) + record.data
        }
        return bytes
    }

    /// A pointer to the question's name.
    static let questionPointer: [UInt8] = [0xC0, 12]
}

/// Flows of one client, each of its own port, that share what an engine would share.
final class DNSClient {
    let shared = SharedDissectionState()
    private var followers: [UInt16: StreamFollower] = [:]
    var result = Conversation.Result()
    private var output = DissectionOutput()

    func follower(_ port: UInt16, server: UInt16 = 53) -> StreamFollower {
        if let known = followers[port] { return known }
        let made = StreamFollower(
            transport: .udp,
            originatorPort: port,
            responderPort: server,
            patience: Patience(),
            originatorAddress: IPAddress(v4: 0x0A00_0007),
            responderAddress: IPAddress(v4: 0x0A00_0002),
            shared: shared
        )
        followers[port] = made
        return made
    }

    func send(
        _ direction: FlowDirection,
        _ bytes: [UInt8],
        port: UInt16 = 1_000,
        server: UInt16 = 53,
        wireLength: Int? = nil,
        at time: Int64
    ) {
        follower(port, server: server).datagram(
            direction,
            payload: bytes.octets,
            payloadLength: wireLength ?? bytes.count,
            at: milliseconds(time),
            into: &output
        )
        result.take(&output)
    }

    /// A datagram of the client.
    func send(_ bytes: [UInt8], port: UInt16 = 1_000, server: UInt16 = 53, at time: Int64) {
        send(.fromOriginator, bytes, port: port, server: server, at: time)
    }

    func answer(_ bytes: [UInt8], port: UInt16 = 1_000, server: UInt16 = 53, at time: Int64) {
        send(.fromResponder, bytes, port: port, server: server, at: time)
    }

    func advance(to time: Int64) {
        for port in followers.keys.sorted() { followers[port]?.advance(to: milliseconds(time), into: &output) }
        result.take(&output)
    }

    func endInput() {
        for port in followers.keys.sorted() { followers[port]?.endOfInput(into: &output) }
        result.take(&output)
    }
}
