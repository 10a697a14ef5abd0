// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Synchronization

/// Sums of edges, once everything was added, made values when somebody asks.
final class SummedMetrics: EdgeMetricsSource {
    private let sums: SlotSums
    private let buckets: FoldedHistograms.Values
    private let protocols: OwnedPositions
    private let alerts: OwnedPositions
    private let statuses: OwnedPositions
    private let operations: OwnedPositions
    private let names: Names
    let heldBytes: Int
    /// The last value: whoever asks for one part of an edge mostly asks for the next.
    private let last = Mutex<(slot: Int, metrics: EdgeMetrics)?>(nil)

    subscript(slot: Int) -> EdgeMetrics { metrics(at: slot) }

    /// - Parameters:
    ///   - sums: The sums, to which nothing will be added any more.
    ///   - blockBytes: What histograms are read from later.
    ///   - string: The text of a string id.
    /// - Throws: What `string` throws, and `BlockError` where a protocol has a name that none has.
    init(_ sums: consuming SlotSums, blockBytes: Int = 0, string: (UInt64) throws -> String) throws {
        buckets = sums.finish()
        protocols = sums.protocols.positions(owners: sums.slots)
        alerts = sums.alerts.positions(owners: sums.slots)
        statuses = sums.statuses.positions(owners: sums.protocols.count)
        operations = sums.operations.positions(owners: sums.protocols.count)
        names = try Names(sums, string)
        heldBytes = blockBytes + sums.bytes + buckets.bytes
        self.sums = sums
    }

    func glance(at slot: Int) -> EdgeGlance {
        var glance = EdgeGlance()
        glance.connections = sums.connections(of: slot)
        glance.bytes = sums.bytes(of: slot)
        glance.tlsAttempted = sums.edges[slot * SlotSums.counters + SlotSums.attempted]
        for position in alerts[slot] { glance.tlsFailures.addSaturated(sums.alertCounts[position]) }
        for position in protocols[slot] {
            glance.outcomes.merge(sums.outcomes(of: position))
            glance.latency.merge(sums.latency(of: position, buckets))
        }
        return glance
    }

    func metrics(at slot: Int) -> EdgeMetrics {
        if let last = last.withLock({ $0 }), last.slot == slot { return last.metrics }
        let metrics = make(slot)
        last.withLock { $0 = (slot, metrics) }
        return metrics
    }

    private func make(_ slot: Int) -> EdgeMetrics {
        var failed: [String: UInt64] = [:]
        for position in alerts[slot] {
            failed[names.text(sums.alerts.name(position)), default: 0].addSaturated(
                sums.alertCounts[position]
            )
        }
        var byProtocol: [ApplicationProtocol: ProtocolMetrics] = [:]
        for position in protocols[slot] {
            guard let name = names.protocols[sums.protocols.name(position)] else { continue }
            byProtocol.updateValue(metrics(ofProtocol: position), forKey: name)
        }
        var edge = sums.edgeCounters(of: slot)
        edge.set(
            connectTime: sums.time(.connect, of: slot, buckets),
            initialRtt: sums.time(.initialRtt, of: slot, buckets),
            rtt: sums.time(.rtt, of: slot, buckets),
            tlsHandshakes: sums.handshakes(of: slot, failed: failed, buckets),
            protocols: byProtocol
        )
        return edge
    }

    private func metrics(ofProtocol position: Int) -> ProtocolMetrics {
        var own = sums.protocolCounters(of: position, buckets)
        for entry in statuses[position] {
            let status = names.text(sums.statuses.name(entry))
            own.statuses[status, default: 0].addSaturated(sums.statusCounts[entry])
        }
        for entry in operations[position] {
            let operation = names.text(sums.operations.name(entry))
            let metrics = sums.operation(entry, buckets)
            // Nearly always there is none of that name yet.
            if let before = own.operations.updateValue(metrics, forKey: operation) {
                own.operations[operation]?.merge(before)
            }
        }
        return own
    }

    /// What string ids stand for, each looked for once.
    private struct Names: Sendable {
        private var texts: [UInt64: String] = [:]
        private(set) var protocols: [UInt64: ApplicationProtocol] = [:]

        init(_ sums: borrowing SlotSums, _ string: (UInt64) throws -> String) throws {
            for position in 0..<sums.protocols.count {
                let id = sums.protocols.name(position)
                guard protocols[id] == nil else { continue }
                guard let name = ApplicationProtocol(rawValue: try string(id)) else {
                    throw BlockError.unknownID(id)
                }
                protocols[id] = name
            }
            try note(sums.alerts, string)
            try note(sums.statuses, string)
            try note(sums.operations, string)
        }

        /// The text of an id that one of the tables has.
        func text(_ id: UInt64) -> String { texts[id] ?? "" }

        private mutating func note(
            _ table: borrowing PairTable,
            _ string: (UInt64) throws -> String
        ) throws {
            for position in 0..<table.count {
                let id = table.name(position)
                if texts[id] == nil { texts[id] = try string(id) }
            }
        }
    }
}

extension SlotSums {
    fileprivate func edgeCounters(of slot: Int) -> EdgeMetrics {
        var metrics = EdgeMetrics()
        let first = slot * Self.counters
        ConnectionSection.restore(&metrics) { edges[first + $0] }
        return metrics
    }

    fileprivate func connections(of slot: Int) -> ConnectionCounts {
        let first = slot * Self.counters
        return ConnectionSection.connections { edges[first + $0] }
    }

    fileprivate func bytes(of slot: Int) -> DirectionalCount {
        let first = slot * Self.counters + Self.bytes
        return DirectionalCount(sent: edges[first], received: edges[first + 1])
    }

    fileprivate func outcomes(of position: Int) -> OutcomeCounts {
        Self.outcomes(in: protocolCounts, at: position * Self.protocolCounters + Self.firstOutcome)
    }

    fileprivate func latency(of position: Int, _ buckets: FoldedHistograms.Values) -> Histogram {
        histogram(named: protocolTimes[position * 3], buckets)
    }

    /// What is known of TLS handshakes; `nil` for nothing.
    fileprivate func handshakes(
        of slot: Int,
        failed: [String: UInt64],
        _ buckets: FoldedHistograms.Values
    ) -> TLSHandshakes? {
        let first = slot * Self.counters
        let time = times[slot * 4 + Time.handshake.rawValue]
        let counted =
            edges[first + Self.attempted] | edges[first + Self.completed] | edges[first + Self.resumed]
        guard counted | time > 0 || !failed.isEmpty else { return nil }
        var handshakes = TLSHandshakes()
        handshakes.attempted = edges[first + Self.attempted]
        handshakes.completed = edges[first + Self.completed]
        handshakes.resumed = edges[first + Self.resumed]
        handshakes.failed = failed
        handshakes.handshakeTime = histogram(named: time, buckets)
        return handshakes
    }

    fileprivate func time(_ time: Time, of slot: Int, _ buckets: FoldedHistograms.Values) -> Histogram {
        histogram(named: times[slot * 4 + time.rawValue], buckets)
    }

    fileprivate func protocolCounters(of position: Int, _ buckets: FoldedHistograms.Values) -> ProtocolMetrics
    {
        let first = position * Self.protocolCounters
        var metrics = ProtocolMetrics()
        metrics.started = protocolCounts[first]
        metrics.inFlight = protocolCounts[first + Self.inFlight]
        metrics.incomplete = protocolCounts[first + 2]
        metrics.earlyResponse = protocolCounts[first + 3]
        metrics.retries = protocolCounts[first + 4]
        metrics.streaming = protocolCounts[first + 5]
        metrics.outcomes = outcomes(of: position)
        metrics.recognized = protocolCounts[first + Self.recognized]
        metrics.session = protocolCounts[first + Self.recognized + 1]
        metrics.messages = DirectionalCount(
            sent: protocolCounts[first + Self.sent],
            received: protocolCounts[first + Self.sent + 1]
        )
        metrics.latency = latency(of: position, buckets)
        metrics.serverTime = histogram(named: protocolTimes[position * 3 + 1], buckets)
        metrics.streamDuration = histogram(named: protocolTimes[position * 3 + 2], buckets)
        return metrics
    }

    fileprivate func operation(_ position: Int, _ buckets: FoldedHistograms.Values) -> OperationMetrics {
        var metrics = OperationMetrics()
        metrics.outcomes = Self.outcomes(in: operationCounts, at: position * Self.outcomes)
        metrics.latency = histogram(named: operationTimes[position], buckets)
        return metrics
    }

    private func histogram(named word: UInt64, _ buckets: FoldedHistograms.Values) -> Histogram {
        word > 0 ? histograms.histogram(Int(truncatingIfNeeded: word) - 1, in: buckets) : Histogram()
    }

    private static func outcomes(in counts: borrowing Words, at first: Int) -> OutcomeCounts {
        var outcomes = OutcomeCounts()
        outcomes.ok = counts[first]
        outcomes.clientError = counts[first + 1]
        outcomes.serverError = counts[first + 2]
        outcomes.clientGaveUp = counts[first + 3]
        outcomes.serverClosed = counts[first + 4]
        outcomes.timedOut = counts[first + 5]
        return outcomes
    }
}
