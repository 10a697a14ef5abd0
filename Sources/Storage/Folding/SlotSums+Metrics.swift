// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Sums by value, once everything was added.
struct SummedMetrics {
    private let metrics: [EdgeMetrics]

    subscript(slot: Int) -> EdgeMetrics { metrics[slot] }

    /// - Parameters:
    ///   - sums: The sums, to which nothing will be added any more.
    ///   - string: The text of a string id.
    /// - Throws: What `string` throws, and `BlockError` where a protocol has a name that none has.
    init(_ sums: inout SlotSums, string: (UInt64) throws -> String) throws {
        let buckets = sums.histograms.finish()
        let protocols = sums.protocols.positions(owners: sums.slots)
        let alerts = sums.alerts.positions(owners: sums.slots)
        let statuses = sums.statuses.positions(owners: sums.protocols.count)
        let operations = sums.operations.positions(owners: sums.protocols.count)
        var names: [UInt64: ApplicationProtocol] = [:]
        var metrics: [EdgeMetrics] = []
        metrics.reserveCapacity(sums.slots)
        for slot in 0..<sums.slots {
            var failed: [String: UInt64] = [:]
            for position in alerts[slot] {
                failed[try string(sums.alerts.name(position)), default: 0]
                    .addSaturated(sums.alertCounts[position])
            }
            var byProtocol: [ApplicationProtocol: ProtocolMetrics] = [:]
            for position in protocols[slot] {
                let id = sums.protocols.name(position)
                guard let name = try names[id] ?? ApplicationProtocol(rawValue: string(id)) else {
                    throw BlockError.unknownID(id)
                }
                names[id] = name
                var own = sums.protocolCounters(of: position, buckets)
                for entry in statuses[position] {
                    let status = try string(sums.statuses.name(entry))
                    own.statuses[status, default: 0].addSaturated(sums.statusCounts[entry])
                }
                for entry in operations[position] {
                    let operation = try string(sums.operations.name(entry))
                    let metrics = sums.operation(entry, buckets)
                    // Nearly always there is none of that name yet.
                    if let before = own.operations.updateValue(metrics, forKey: operation) {
                        own.operations[operation]?.merge(before)
                    }
                }
                byProtocol.updateValue(consume own, forKey: name)
            }
            var edge = sums.edgeCounters(of: slot)
            edge.set(
                connectTime: sums.time(.connect, of: slot, buckets),
                initialRtt: sums.time(.initialRtt, of: slot, buckets),
                rtt: sums.time(.rtt, of: slot, buckets),
                tlsHandshakes: sums.handshakes(of: slot, failed: failed, buckets),
                protocols: byProtocol
            )
            metrics.append(edge)
        }
        self.metrics = metrics
    }
}

extension SlotSums {
    fileprivate func edgeCounters(of slot: Int) -> EdgeMetrics {
        var metrics = EdgeMetrics()
        let first = slot * Self.counters
        ConnectionSection.restore(&metrics) { edges[first + $0] }
        return metrics
    }

    /// What is known of TLS handshakes; `nil` for nothing.
    fileprivate func handshakes(
        of slot: Int,
        failed: [String: UInt64],
        _ buckets: FoldedHistograms.Values
    ) -> TLSHandshakes? {
        let first = slot * Self.counters
        let time = times[slot * 4 + Time.handshake.rawValue]
        let counted = edges[first + 20] | edges[first + 21] | edges[first + Self.resumed]
        guard counted | time > 0 || !failed.isEmpty else { return nil }
        var handshakes = TLSHandshakes()
        handshakes.attempted = edges[first + 20]
        handshakes.completed = edges[first + 21]
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
        metrics.outcomes = Self.outcomes(in: protocolCounts, at: first + Self.firstOutcome)
        metrics.recognized = protocolCounts[first + Self.recognized]
        metrics.session = protocolCounts[first + Self.recognized + 1]
        metrics.messages = DirectionalCount(
            sent: protocolCounts[first + Self.sent],
            received: protocolCounts[first + Self.sent + 1]
        )
        metrics.latency = histogram(named: protocolTimes[position * 3], buckets)
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
