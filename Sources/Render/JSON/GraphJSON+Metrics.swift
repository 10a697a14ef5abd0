// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// The measured parts of the document.
extension GraphJSON {
    static func connectionFacts(
        _ metrics: EdgeMetrics,
        _ details: Set<GraphDetail>
    ) -> [(key: String, value: JSONValue)] {
        [
            ("connections", .line(connections(metrics.connections))),
            ("bytes", .line(directional(metrics.bytes))),
            ("packets", .line(directional(metrics.packets))),
            ("retransmitted", .line(directional(metrics.retransmitted))),
            ("outOfOrder", .line(directional(metrics.outOfOrder))),
            ("zeroWindow", .line(directional(metrics.zeroWindow))),
            ("connectTime", .line(histogram(metrics.connectTime, details))),
            ("initialRtt", .line(histogram(metrics.initialRtt, details))),
            ("rtt", .line(histogram(metrics.rtt, details))),
            ("tlsHandshakes", .line(handshakes(metrics.tlsHandshakes, details))),
        ]
    }

    static func protocolMetrics(
        _ name: ApplicationProtocol,
        _ metrics: ProtocolMetrics,
        _ details: Set<GraphDetail>
    ) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = [
            ("protocol", .string(name.rawValue)),
            ("recognized", .count(metrics.recognized)),
            ("requests", .count(metrics.requests)),
            ("started", .count(metrics.started)),
            ("inFlight", .count(metrics.inFlight)),
            ("incomplete", .count(metrics.incomplete)),
            ("earlyResponse", .count(metrics.earlyResponse)),
            ("retries", .count(metrics.retries)),
            ("outcomes", .line(outcomes(metrics.outcomes))),
            ("statuses", .line(.counts(metrics.statuses))),
            ("latency", .line(histogram(metrics.latency, details))),
            ("serverTime", .line(histogram(metrics.serverTime, details))),
            ("session", .count(metrics.session)),
            ("messages", .line(directional(metrics.messages))),
            ("streaming", .count(metrics.streaming)),
            ("streamDuration", .line(histogram(metrics.streamDuration, details))),
        ]
        if details.contains(.operations) {
            let operations = sorted(metrics.operations).map { name, metrics in
                JSONValue.line(.object(operationMembers(name, metrics, details)))
            }
            members.append(("operations", .array(operations)))
        }
        return .object(members)
    }

    static func histogram(_ histogram: Histogram, _ details: Set<GraphDetail> = .all) -> JSONValue {
        guard !histogram.isEmpty else { return .object([]) }
        var members: [(key: String, value: JSONValue)] = [
            ("count", .count(histogram.count)),
            ("sum", .seconds(nanoseconds: histogram.sumNanoseconds)),
            ("min", .seconds(nanoseconds: histogram.minNanoseconds)),
            ("max", .seconds(nanoseconds: histogram.maxNanoseconds)),
        ]
        for (key, quantile) in [("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)] {
            if let value = histogram.quantileNanoseconds(quantile) {
                members.append((key, .seconds(nanoseconds: value)))
            }
        }
        if details.contains(.buckets) {
            let buckets = histogram.buckets.map {
                JSONValue.array([.index(Int($0.index)), .count($0.count)])
            }
            members.append(("buckets", .array(buckets)))
        }
        return .object(members)
    }

    static func coverage(_ coverage: Coverage) -> JSONValue {
        let losses = coverage.losses.filter { $0.value > 0 }.map { ($0.key.rawValue, $0.value) }
        return .object([
            ("frames", .count(coverage.frames)),
            ("metered", .count(coverage.metered)),
            ("duplicate", .count(coverage.duplicate)),
            ("translated", .count(coverage.translated)),
            ("notMetered", .count(coverage.notMetered)),
            ("filtered", .count(coverage.filtered)),
            ("undecodable", .line(.counts(coverage.undecodable))),
            ("losses", .line(.counts(Dictionary(losses, uniquingKeysWith: { $0.addingSaturated($1) })))),
        ])
    }

    private static func connections(_ counts: ConnectionCounts) -> JSONValue {
        .object([
            ("attempted", .count(counts.attempted)),
            ("established", .count(counts.established)),
            ("refused", .count(counts.refused)),
            ("unanswered", .count(counts.unanswered)),
            ("unreachable", .count(counts.unreachable)),
            ("answeredLate", .count(counts.answeredLate)),
            ("reset", .count(counts.reset)),
            ("closed", .count(counts.closed)),
            ("open", .count(counts.open)),
            ("pending", .count(counts.pending)),
            ("icmpErrors", .count(counts.icmpErrors)),
        ])
    }

    private static func directional(_ count: DirectionalCount) -> JSONValue {
        .object([("sent", .count(count.sent)), ("received", .count(count.received))])
    }

    private static func handshakes(
        _ handshakes: TLSHandshakes,
        _ details: Set<GraphDetail>
    ) -> JSONValue {
        .object([
            ("attempted", .count(handshakes.attempted)),
            ("completed", .count(handshakes.completed)),
            ("resumed", .count(handshakes.resumed)),
            ("failed", .counts(handshakes.failed)),
            ("handshakeTime", histogram(handshakes.handshakeTime, details)),
        ])
    }

    private static func outcomes(_ outcomes: OutcomeCounts) -> JSONValue {
        .object([
            ("ok", .count(outcomes.ok)),
            ("clientError", .count(outcomes.clientError)),
            ("serverError", .count(outcomes.serverError)),
            (
                "unanswered",
                .object([
                    ("clientGaveUp", .count(outcomes.clientGaveUp)),
                    ("serverClosed", .count(outcomes.serverClosed)),
                    ("timedOut", .count(outcomes.timedOut)),
                ])
            ),
        ])
    }

    /// Most requests first, then by name.
    static func sorted(
        _ operations: [String: OperationMetrics]
    ) -> [(key: String, value: OperationMetrics)] {
        operations.sorted { left, right in
            let (mine, theirs) = (left.value.outcomes.requests, right.value.outcomes.requests)
            return mine != theirs ? mine > theirs : left.key < right.key
        }
    }

    static func operationMembers(
        _ name: String,
        _ metrics: OperationMetrics,
        _ details: Set<GraphDetail> = .all
    ) -> [(key: String, value: JSONValue)] {
        [
            ("operation", .string(name)),
            ("requests", .count(metrics.outcomes.requests)),
            ("outcomes", outcomes(metrics.outcomes)),
            ("latency", histogram(metrics.latency, details)),
        ]
    }
}
