// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// An application protocol that a dissector follows.
///
/// The raw value is its name everywhere.
package enum ApplicationProtocol: String, Sendable, BitwiseCopyable, CaseIterable {
    case http
    /// HTTP/2 that carries no gRPC.
    case http2
    case grpc
    case dns
    /// TLS whose content is not known.
    case tls
    case quic
    case redis
    case postgresql
    case mysql
    case mongodb
    case kafka
    case amqp
    case nats
    case mqtt
    case memcached
    case cassandra
    case thrift
    case dubbo
    case zookeeper
    case ldap
    case websocket
}

/// What one operation of a protocol did.
package struct OperationMetrics: Equatable, Sendable {
    package var outcomes = OutcomeCounts()
    package var latency = Histogram()

    package init() {}

    package mutating func merge(_ other: OperationMetrics) {
        outcomes.merge(other.outcomes)
        latency.merge(other.latency)
    }
}

/// Requests of one protocol on one edge in one window.
///
/// A transaction belongs to the window in which it ended; `started` counts request first bytes.
package struct ProtocolMetrics: Equatable, Sendable {
    /// What stands for operations that were too many to keep apart.
    package static let otherOperations = "{other}"

    /// Connections, or datagram flows, on which the protocol was recognized in this window.
    ///
    /// A protocol whose content cannot be read has this and no requests.
    package var recognized: UInt64 = 0
    package var started: UInt64 = 0
    /// Gauge: requests without an outcome at the end of the window.
    package var inFlight: UInt64 = 0
    package var outcomes = OutcomeCounts()
    /// Responses cut short: they keep their status and give no latency sample.
    package var incomplete: UInt64 = 0
    /// Responses that began before their request ended.
    package var earlyResponse: UInt64 = 0
    /// Identical queries repeated while the first was waiting.
    package var retries: UInt64 = 0
    /// Operations that wait by design; counted in `outcomes`, absent from `latency`.
    package var streaming: UInt64 = 0
    /// Set-up commands of client libraries (`HELLO`, `SET NAMES`): no requests, so absent from all
    /// counts before, from statuses, operations and times.
    package var session: UInt64 = 0
    /// Messages that are no request and no response: WebSocket frames, what a broker pushes to
    /// subscribers, messages within a stream of gRPC.
    package var messages = DirectionalCount()
    /// The protocol's own status, such as `200` or `NXDOMAIN`, by count.
    package var statuses: [String: UInt64] = [:]
    /// Response last byte - request first byte.
    package var latency = Histogram()
    /// Response first byte - request last byte.
    package var serverTime = Histogram()
    /// How long streaming operations lasted.
    package var streamDuration = Histogram()
    package var operations: [String: OperationMetrics] = [:]

    package init() {}

    package var requests: UInt64 { outcomes.requests }

    /// Adds the counts and the gauge of another row of the same window; see
    /// `ConnectionCounts.merge`.
    package mutating func merge(_ other: ProtocolMetrics) {
        recognized.addSaturated(other.recognized)
        started.addSaturated(other.started)
        inFlight.addSaturated(other.inFlight)
        outcomes.merge(other.outcomes)
        incomplete.addSaturated(other.incomplete)
        earlyResponse.addSaturated(other.earlyResponse)
        retries.addSaturated(other.retries)
        streaming.addSaturated(other.streaming)
        session.addSaturated(other.session)
        messages.merge(other.messages)
        statuses.merge(other.statuses, uniquingKeysWith: { $0.addingSaturated($1) })
        latency.merge(other.latency)
        serverTime.merge(other.serverTime)
        streamDuration.merge(other.streamDuration)
        operations.merge(other.operations) { mine, theirs in
            var sum = mine
            sum.merge(theirs)
            return sum
        }
    }
}
