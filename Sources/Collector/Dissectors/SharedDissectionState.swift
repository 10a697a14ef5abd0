// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What the followers of one engine share: the lookups of each DNS client, the budget for
/// bytes held behind holes, the requests, statements and commands seen lately, the names of Kafka
/// topics, and which header fields were asked for.
///
/// The engine creates one and hands it to every `StreamFollower`; it belongs to the engine's
/// thread.
package final class SharedDissectionState {
    var lookups = DNSLookupTracker()
    var dnsNames = RecentValues(capacity: DNSLimits.texts, longestKey: DNSLimits.name, nothing: "")
    var requests = RequestCache()
    var statements = SQLOperations()
    var redisCommands = RecentValues(
        capacity: RedisLimits.commands,
        longestKey: RedisLimits.name,
        nothing: RedisCommand.unknown
    )
    var kafkaTopics = KafkaTopics()
    var cqlOperations = RecentValues(
        capacity: CassandraLimits.operations,
        longestKey: CassandraLimits.name,
        nothing: ""
    )
    var http2Operations = HTTP2Operations()
    /// Bytes that reassembly holds in all flows.
    package internal(set) var heldOctets = 0
    /// Header fields that examples keep; `nil`, as nearly always, is none.
    let headers: SampledHeaders?

    /// - Parameter headers: Fields whose values transactions tell.
    package init(headers: SampledHeaders? = nil) { self.headers = headers }
}
