// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The identifier of a topic, of which a cluster has no two alike.
struct KafkaTopicID: Hashable, BitwiseCopyable {
    let high: UInt64
    let low: UInt64

    init?(_ bytes: RawSpan) {
        guard bytes.byteCount == 16 else { return nil }
        high = bytes.bigEndian(UInt64.self, at: 0)
        low = bytes.bigEndian(UInt64.self, at: 8)
        // Names stand where there are no identifiers.
        if high == 0, low == 0 { return nil }
    }
}

/// The names that brokers gave to the identifiers of topics.
///
/// Clients learn them on one connection and use them on others, so that all connections share them.
struct KafkaTopics {
    private var names: [KafkaTopicID: [UInt8]] = [:]

    subscript(id: KafkaTopicID) -> [UInt8]? { names[id] }

    mutating func learn(_ id: KafkaTopicID, _ name: RawSpan) {
        guard names.count < KafkaLimits.topics, names[id] == nil,
            (1...KafkaLimits.topic).contains(name.byteCount)
        else { return }
        names[id] = name.octets
    }
}
