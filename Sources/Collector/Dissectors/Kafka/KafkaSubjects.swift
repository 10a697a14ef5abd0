// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What the requests of a connection are about.
struct KafkaSubjects {
    private static let fetchSeveral = "Fetch {topics}"
    private static let fetchUnknown = "Fetch {topic}"
    private static let produceSeveral = "Produce {topics}"
    private static let produceUnknown = "Produce {topic}"

    private var operations = NamedOperations()
    /// What the fetch session of the connection is about: later requests of it only tell what has
    /// changed (KIP-227).
    private var session: String?
    private let shared: SharedDissectionState

    init(_ shared: SharedDissectionState) { self.shared = shared }

    /// A Produce or Fetch with its topic.
    mutating func operation(_ key: Int, _ finder: KafkaTopicFinder, _ head: RawSpan) -> String {
        guard key == KafkaAPI.fetch else { return subject("Produce", key, finder, head) ?? "Produce" }
        let found = subject("Fetch", key, finder, head)
        if finder.epoch <= 0 {
            session = found
        } else if let found {
            if session != found { session = session == nil ? found : Self.fetchSeveral }
        }
        return session ?? "Fetch"
    }

    private mutating func subject(
        _ verb: StaticString,
        _ key: Int,
        _ finder: KafkaTopicFinder,
        _ head: RawSpan
    ) -> String? {
        guard let count = finder.count, count > 0 else { return nil }
        let isFetch = key == KafkaAPI.fetch
        guard count == 1 else { return isFetch ? Self.fetchSeveral : Self.produceSeveral }
        if let name = finder.name {
            return operations.operation(verb, kind: UInt16(key), head.clamped(name), separator: nil)
        }
        guard let id = finder.id else { return nil }
        guard let name = shared.kafkaTopics[id] else {
            return isFetch ? Self.fetchUnknown : Self.produceUnknown
        }
        return operations.operation(verb, kind: UInt16(key), name.octetSpan, separator: nil)
    }
}
