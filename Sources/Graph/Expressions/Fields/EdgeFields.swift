// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension ExpressionSchema<EdgeSubject> {
    /// The fields of an expression about an edge, as `docs/formats/expressions.md` lists them.
    ///
    /// Names are those of graph JSON.
    package static let edges = ExpressionSchema(
        EdgeFields.identity + EdgeFields.requests + EdgeFields.connections
            + EdgeFields.node("client", "the client") { $0.client }
            + EdgeFields.node("server", "the server") { $0.server } + EdgeFields.window
    )
}

/// Fields by what they are about.
private enum EdgeFields {
    typealias Field = ExpressionField<EdgeSubject>

    static let identity: [Field] = [
        string("edge.id", "`CLIENT->SERVER:PORT/TRANSPORT`, of node ids") { $0.edge.id },
        Field("edge.port", .int, "the actual server's port; 0 without ports") { .int(Int64($0.edge.port)) },
        string("edge.transport", values: TransportProtocol.allCases.map(\.name), "the transport") {
            $0.edge.transport.name
        },
        string("edge.direction", values: ["observed", "inferred"], "how client and server were told apart") {
            $0.edge.direction.rawValue
        },
        string("edge.health", values: Health.allCases.map(\.rawValue), "by the health policy of the graph") {
            $0.health.health(of: $0.edge).rawValue
        },
        Field("edge.dialled", .list(.string), "ids of what clients dialled") { subject in
            .list(subject.edge.dialled.map { .string($0.id) })
        },
        Field("edge.protocol", .string, isOptional: true, "the protocol with most requests") {
            $0.edge.busiestProtocol.map { .string($0.rawValue) }
        },
        Field("edge.protocols", .list(.string), "all protocols seen, sorted") { subject in
            .list(subject.edge.metrics.protocols.keys.map(\.rawValue).sorted().map(ExpressionValue.string))
        },
        Field("edge.observedSeconds", .double, "seconds in which its reporters watched") {
            .double($0.edge.observedSeconds)
        },
    ]

    static let requests: [Field] =
        [
            count("edge.requests", "requests that ended in the range") { $0.edge.requests },
            count("edge.started", "requests that began in the range") { $0.edge.started },
            count("edge.inFlight", "requests without an outcome at the end of the range") {
                $0.edge.inFlight
            },
            ratio("edge.rate", "requests per observed second; absent where nothing was observed") {
                $0.edge.rate
            },
            ratio("edge.errorRate", "failed of all requests; absent without requests") { $0.edge.errorRate },
            count("edge.outcomes.ok", "requests with that outcome") { $0.edge.outcomes.ok },
            count("edge.outcomes.clientError", "requests with that outcome") {
                $0.edge.outcomes.clientError
            },
            count("edge.outcomes.serverError", "requests with that outcome") {
                $0.edge.outcomes.serverError
            },
            count("edge.outcomes.unanswered.clientGaveUp", "requests with that outcome") {
                $0.edge.outcomes.clientGaveUp
            },
            count("edge.outcomes.unanswered.serverClosed", "requests with that outcome") {
                $0.edge.outcomes.serverClosed
            },
            count("edge.outcomes.unanswered.timedOut", "requests with that outcome") {
                $0.edge.outcomes.timedOut
            },
            counts("edge.statuses", "requests of all protocols by status") { edge in
                edge.metrics.protocols.values.map(\.statuses)
            },
            counts("edge.operations", "requests of all protocols by operation") { edge in
                edge.metrics.protocols.values.map { $0.operations.mapValues(\.outcomes.requests) }
            },
        ] + histogram("edge.latency", "response last byte - request first byte") { $0.edge.latency }
        + histogram("edge.serverTime", "response first byte - request last byte") { $0.edge.serverTime }

    static let connections: [Field] =
        [
            ratio("edge.failedConnectRate", "failed of all attempts; absent without attempts") {
                $0.edge.failedConnectRate
            },
            ratio("edge.failedTLSRate", "failed of all TLS handshakes; absent without handshakes") {
                $0.edge.failedTLSRate
            },
            connection("attempted", "connection attempts with a verdict", \.attempted),
            connection("established", "attempts that were answered", \.established),
            connection("refused", "attempts answered by RST", \.refused),
            connection("unanswered", "attempts that nothing answered", \.unanswered),
            connection("unreachable", "attempts that ICMP quoted", \.unreachable),
            connection("answeredLate", "answers after the verdict", \.answeredLate),
            connection("reset", "connections ended by RST", \.reset),
            connection("closed", "connections ended by FIN", \.closed),
            connection("open", "connections open at the end of the range", \.open),
            connection("pending", "attempts without a verdict at the end of the range", \.pending),
            connection("icmpErrors", "ICMP errors about connections and datagrams", \.icmpErrors),
        ] + directional("edge.bytes", "bytes of IP datagrams", \.bytes)
        + directional("edge.packets", "IP datagrams", \.packets)
        + directional("edge.retransmitted", "TCP segments sent again", \.retransmitted)
        + directional("edge.outOfOrder", "TCP segments out of order", \.outOfOrder)
        + directional("edge.zeroWindow", "TCP segments that close the window", \.zeroWindow)
        + histogram("edge.connectTime", "first SYN to SYN/ACK") { $0.edge.metrics.connectTime }
        + histogram("edge.initialRtt", "last SYN to the client's ACK") { $0.edge.metrics.initialRtt }
        + histogram("edge.rtt", "data to its acknowledgement") { $0.edge.metrics.rtt }
        + [
            count("edge.tlsHandshakes.attempted", "TLS handshakes begun") {
                $0.edge.metrics.tlsHandshakes.attempted
            },
            count("edge.tlsHandshakes.completed", "TLS handshakes completed") {
                $0.edge.metrics.tlsHandshakes.completed
            },
            count("edge.tlsHandshakes.resumed", "of those, resumed") {
                $0.edge.metrics.tlsHandshakes.resumed
            },
            counts("edge.tlsHandshakes.failed", "failed TLS handshakes by alert") { edge in
                [edge.metrics.tlsHandshakes.failed]
            },
        ]
        + histogram("edge.tlsHandshakes.handshakeTime", "ClientHello to the end of the handshake") {
            $0.edge.metrics.tlsHandshakes.handshakeTime
        }

    static let window: [Field] = [
        Field("window.from", .timestamp, "start of the range") { .timestamp($0.window.start) },
        Field("window.to", .timestamp, "end of the range, exclusive") { .timestamp($0.window.end) },
        Field("window.observedSeconds", .double, "seconds of the range that a reporter watched") {
            .double($0.observedSeconds)
        },
    ]

    /// The fields of one end of an edge.
    static func node(
        _ name: String,
        _ whose: String,
        of node: @escaping @Sendable (EdgeSubject) -> Node
    ) -> [Field] {
        [
            string("\(name).id", "id of \(whose)") { node($0).id },
            string("\(name).kind", values: NodeKind.allCases.map(\.rawValue), "what \(whose) is") {
                node($0).kind.rawValue
            },
            string("\(name).name", "what \(whose) is called") { node($0).name },
            Field(
                "\(name).namespace",
                .string,
                isOptional: true,
                "namespace of \(whose); absent where it has none"
            ) {
                node($0).namespace.map(ExpressionValue.string)
            },
            Field(
                "\(name).workloadKind",
                .string,
                isOptional: true,
                "`Deployment`, `StatefulSet`...; absent where \(whose) is no workload"
            ) {
                node($0).workloadKind.map(ExpressionValue.string)
            },
            string(
                "\(name).identifiedBy",
                values: IdentifiedBy.allCases.map(\.rawValue),
                "how \(whose) is known"
            ) {
                node($0).identifiedBy.rawValue
            },
            Field("\(name).inferred", .bool, "whether the identity rests on an inferred validity") {
                .bool(node($0).isInferred)
            },
            Field("\(name).members", .int, "how many peers are folded into \(whose)") {
                .int(Int64(node($0).members))
            },
            Field("\(name).addresses", .list(.string), "addresses of \(whose), at most 64") {
                .list(node($0).addresses.map { .string($0.description) })
            },
        ]
    }

    // MARK: - Kinds of fields

    private static func string(
        _ path: String,
        values: [String] = [],
        _ meaning: String,
        _ read: @escaping @Sendable (EdgeSubject) -> String
    ) -> Field {
        Field(path, .string, values: values, meaning) { .string(read($0)) }
    }

    private static func count(
        _ path: String,
        _ meaning: String,
        _ read: @escaping @Sendable (EdgeSubject) -> UInt64
    ) -> Field {
        Field(path, .int, meaning) { .int(Int64(clamping: read($0))) }
    }

    /// Counts by a word, of several parts together.
    private static func counts(
        _ path: String,
        _ meaning: String,
        _ parts: @escaping @Sendable (Edge) -> [[String: UInt64]]
    ) -> Field {
        Field(path, .map(.string, .int), meaning) { subject in
            let parts = parts(subject.edge)
            let sum = parts.dropFirst().reduce(into: parts.first ?? [:]) { sum, part in
                sum.merge(part, uniquingKeysWith: { $0.addingSaturated($1) })
            }
            return .map(
                sum.sorted { $0.key < $1.key }.map {
                    ExpressionEntry(key: .string($0.key), value: .int(Int64(clamping: $0.value)))
                }
            )
        }
    }

    private static func ratio(
        _ path: String,
        _ meaning: String,
        _ read: @escaping @Sendable (EdgeSubject) -> Double?
    ) -> Field {
        Field(path, .double, isOptional: true, meaning) { read($0).map(ExpressionValue.double) }
    }

    private static func connection(
        _ name: String,
        _ meaning: String,
        _ count: @escaping @Sendable (ConnectionCounts) -> UInt64
    ) -> Field {
        self.count("edge.connections.\(name)", meaning) { count($0.edge.metrics.connections) }
    }

    private static func directional(
        _ path: String,
        _ meaning: String,
        _ count: @escaping @Sendable (EdgeMetrics) -> DirectionalCount
    ) -> [Field] {
        [
            self.count("\(path).sent", "\(meaning), client to server") { count($0.edge.metrics).sent },
            self.count("\(path).received", "\(meaning), server to client") {
                count($0.edge.metrics).received
            },
        ]
    }

    private static func histogram(
        _ path: String,
        _ meaning: String,
        _ histogram: @escaping @Sendable (EdgeSubject) -> Histogram
    ) -> [Field] {
        let durations: [(name: String, nanoseconds: @Sendable (Histogram) -> UInt64?)] = [
            ("sum", { $0.sumNanoseconds }), ("mean", { $0.sumNanoseconds / $0.count }),
            ("min", { $0.minNanoseconds }), ("max", { $0.maxNanoseconds }),
            ("p50", { $0.quantileNanoseconds(0.5) }), ("p90", { $0.quantileNanoseconds(0.9) }),
            ("p95", { $0.quantileNanoseconds(0.95) }), ("p99", { $0.quantileNanoseconds(0.99) }),
        ]
        return [count("\(path).count", "times measured: \(meaning)") { histogram($0).count }]
            + durations.map { name, nanoseconds in
                Field(
                    "\(path).\(name)",
                    .duration,
                    isOptional: true,
                    "\(name) of them; absent where none was measured"
                ) {
                    let histogram = histogram($0)
                    guard !histogram.isEmpty else { return nil }
                    return nanoseconds(histogram).map { .duration(Int64(clamping: $0)) }
                }
            }
    }
}
