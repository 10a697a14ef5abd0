// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Storage

/// One edge of one window as `svcmap store dump` prints it; what is 0 or empty is left out.
struct DumpedRow: Encodable {
    struct Times: Encodable {
        let sumNanoseconds: UInt64
        let minNanoseconds: UInt64
        let maxNanoseconds: UInt64
        /// Index and count of each.
        let buckets: [[UInt64]]

        init?(_ histogram: Histogram) {
            guard !histogram.isEmpty else { return nil }
            sumNanoseconds = histogram.sumNanoseconds
            minNanoseconds = histogram.minNanoseconds
            maxNanoseconds = histogram.maxNanoseconds
            // The first bucket is -1, told as 0.
            buckets = histogram.buckets.map { [UInt64(Int($0.index) + 1), $0.count] }
        }
    }

    struct Operation: Encodable {
        let outcomes: [String: UInt64]
        let latency: Times?
    }

    struct ApplicationPart: Encodable {
        let counters: [String: UInt64]
        let outcomes: [String: UInt64]
        let statuses: [String: UInt64]
        let latency: Times?
        let serverTime: Times?
        let streamDuration: Times?
        let operations: [String: Operation]
    }

    struct Dialled: Encodable {
        let address: String
        let port: UInt16
        let connections: UInt64
    }

    let window: String
    let cluster: String
    let reporter: String
    let sequence: UInt64?
    let counted: String?
    let activeWindows: [UInt32]?
    let client: String
    let server: String
    let port: UInt16
    let originatorPort: UInt16?
    let transport: String
    let orientation: String
    let counters: [String: UInt64]
    let times: [String: Times]
    let tlsFailures: [String: UInt64]?
    let dialled: [Dialled]
    let samples: Int
    let protocols: [String: ApplicationPart]

    init(_ row: EdgeRow, of report: WindowReport) {
        self.init(row, report.window, report.cluster, report.reporter, sequence: report.sequence)
    }

    init(_ row: StoredSummary.Row, of summary: StoredSummary) {
        self.init(row.edge, summary.window, summary.cluster, summary.reporter, summary: row)
    }

    private init(
        _ row: EdgeRow,
        _ window: Window,
        _ cluster: String,
        _ reporter: Reporter,
        sequence: UInt64? = nil,
        summary: StoredSummary.Row? = nil
    ) {
        self.window = window.start.description
        self.cluster = cluster
        self.reporter = reporter.name
        self.sequence = sequence
        counted = summary.map { "\($0.counted)" }
        activeWindows = summary.map { [$0.firstWindow, $0.lastWindow] }
        client = Self.text(row.key.client, cluster)
        server = Self.text(row.key.server, cluster)
        port = row.key.port
        originatorPort = row.key.originatorPort == 0 ? nil : row.key.originatorPort
        transport = "\(row.key.transport)"
        orientation = "\(row.key.orientation)"
        counters = Self.counters(row.metrics)
        times = [
            "connectTime": row.metrics.connectTime, "initialRtt": row.metrics.initialRtt,
            "rtt": row.metrics.rtt, "tlsHandshakeTime": row.metrics.tlsHandshakes.handshakeTime,
        ]
        .compactMapValues(Times.init)
        let failed = row.metrics.tlsHandshakes.failed
        tlsFailures = failed.isEmpty ? nil : failed
        dialled = row.dialled.map {
            Dialled(address: Self.text($0.key.endpoint, cluster), port: $0.key.port, connections: $0.value)
        }
        .sorted { ($0.address, $0.port) < ($1.address, $1.port) }
        samples = row.samples.sorted.count
        protocols = Dictionary(
            row.metrics.protocols.map { ($0.key.rawValue, Self.part($0.value)) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private static func text(_ endpoint: Endpoint, _ cluster: String) -> String {
        let address = "\(endpoint.address)"
        return endpoint.scope == cluster ? address : "\(endpoint.scope)/\(address)"
    }

    private static func counters(_ metrics: EdgeMetrics) -> [String: UInt64] {
        let connections = metrics.connections
        return [
            "packetsSent": metrics.packets.sent, "packetsReceived": metrics.packets.received,
            "bytesSent": metrics.bytes.sent, "bytesReceived": metrics.bytes.received,
            "retransmittedSent": metrics.retransmitted.sent,
            "retransmittedReceived": metrics.retransmitted.received,
            "outOfOrderSent": metrics.outOfOrder.sent, "outOfOrderReceived": metrics.outOfOrder.received,
            "zeroWindowSent": metrics.zeroWindow.sent, "zeroWindowReceived": metrics.zeroWindow.received,
            "established": connections.established, "refused": connections.refused,
            "unanswered": connections.unanswered, "unreachable": connections.unreachable,
            "answeredLate": connections.answeredLate, "reset": connections.reset,
            "closed": connections.closed, "icmpErrors": connections.icmpErrors,
            "open": connections.open, "pending": connections.pending,
            "tlsAttempted": metrics.tlsHandshakes.attempted,
            "tlsCompleted": metrics.tlsHandshakes.completed, "tlsResumed": metrics.tlsHandshakes.resumed,
        ]
        .filter { $0.value > 0 }
    }

    private static func part(_ metrics: ProtocolMetrics) -> ApplicationPart {
        ApplicationPart(
            counters: [
                "recognized": metrics.recognized, "started": metrics.started, "inFlight": metrics.inFlight,
                "incomplete": metrics.incomplete, "earlyResponse": metrics.earlyResponse,
                "retries": metrics.retries, "streaming": metrics.streaming, "session": metrics.session,
                "messagesSent": metrics.messages.sent, "messagesReceived": metrics.messages.received,
            ]
            .filter { $0.value > 0 },
            outcomes: outcomes(metrics.outcomes),
            statuses: metrics.statuses,
            latency: Times(metrics.latency),
            serverTime: Times(metrics.serverTime),
            streamDuration: Times(metrics.streamDuration),
            operations: metrics.operations.mapValues {
                Operation(outcomes: outcomes($0.outcomes), latency: Times($0.latency))
            }
        )
    }

    private static func outcomes(_ outcomes: OutcomeCounts) -> [String: UInt64] {
        [
            "ok": outcomes.ok, "clientError": outcomes.clientError, "serverError": outcomes.serverError,
            "clientGaveUp": outcomes.clientGaveUp, "serverClosed": outcomes.serverClosed,
            "timedOut": outcomes.timedOut,
        ]
        .filter { $0.value > 0 }
    }
}
