// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Kafka messages, byte by byte.
enum KafkaBytes {
    static func int16(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
    }

    static func int32(_ value: Int) -> [UInt8] { int16(value >> 16) + int16(value) }

    static func string(_ text: String) -> [UInt8] { int16(text.utf8.count) + Array(text.utf8) }

    static func sized(_ bytes: [UInt8]) -> [UInt8] { int32(bytes.count) + bytes }

    static func request(
        _ key: Int,
        version: Int,
        id: Int,
        client: String? = "shop",
        _ body: [UInt8] = []
    )
        -> [UInt8]
    {
        let name = client.map(string) ?? int16(-1)
        return sized(int16(key) + int16(version) + int32(id) + name + body)
    }

    static func response(_ id: Int, _ body: [UInt8] = []) -> [UInt8] { sized(int32(id) + body) }

    /// Produce version 3, for one partition of each topic.
    static func produce(
        _ id: Int,
        acknowledgments: Int = 1,
        records: Int = 10,
        _ topics: String...
    ) -> [UInt8] {
        var body = int16(-1) + int16(acknowledgments) + int32(1_000) + int32(topics.count)
        for topic in topics {
            body += string(topic) + int32(1) + int32(0) + int32(records)
            body += [UInt8](repeating: 7, count: records)
        }
        return request(0, version: 3, id: id, body)
    }

    /// The response to `produce` of one topic.
    static func produced(_ id: Int, error: Int = 0, _ topic: String) -> [UInt8] {
        let partition = int32(0) + int16(error) + int32(0) + int32(5) + int32(-1) + int32(-1)
        return response(id, int32(1) + string(topic) + int32(1) + partition + int32(0))
    }

    /// Fetch version 7, in a session.
    static func fetch(_ id: Int, epoch: Int, _ topics: String...) -> [UInt8] {
        var body = int32(-1) + int32(500) + int32(1) + int32(1 << 20) + [0] + int32(9) + int32(epoch)
        body += int32(topics.count)
        for topic in topics {
            body += string(topic) + int32(1) + int32(0) + int32(0) + int32(3) + int32(0) + int32(0)
            body += int32(1 << 20)
        }
        return request(1, version: 7, id: id, body + int32(0))
    }

    static func fetched(_ id: Int, error: Int = 0) -> [UInt8] {
        response(id, int32(0) + int16(error) + int32(9) + int32(0))
    }
}
