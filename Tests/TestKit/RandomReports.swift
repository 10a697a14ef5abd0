// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// A seeded source of window reports, from believable to nasty.
///
/// The generator is SplitMix64 (Steele, Lea, Flood 2014): one seed, one sequence, everywhere.
package struct RandomReports: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    // MARK: - Reports

    /// A report with everything in it: extreme counters, hostile strings, empty parts.
    package mutating func report(
        reporter: Int = 0,
        window: Int64 = 0,
        sequence: UInt64 = 0,
        edges: Int
    ) -> WindowReport {
        let start = Timestamp(nanoseconds: window * Window.baseNanoseconds)
        let whole = Window(start: start, end: start + Window.baseNanoseconds)
        var report = WindowReport(
            cluster: chance(9, of: 10) ? "default" : string(),
            reporter: Reporter(id: "reporter-\(reporter)", name: "eth\(reporter).pcap"),
            window: whole,
            sequence: sequence,
            observed: sequence == 0 ? whole : Window(start: start, end: start)
        )
        var keys: Set<EdgeKey> = []
        while keys.count < edges { keys.insert(edgeKey()) }
        report.edges = keys.sorted().map { key in
            EdgeRow(key: key, metrics: metrics(), dialled: dialled(key), samples: samples())
        }
        report.names = (0..<number(8)).map { _ in
            NameObservation(
                endpoint: endpoint(),
                name: string(),
                source: NameObservation.Source.allCases.randomElement(using: &self) ?? .dns
            )
        }
        report.localAddresses = (0..<number(8)).map { _ in
            LocalAddress(endpoint: endpoint(), locality: chance(1, of: 2) ? .own : .adjacent)
        }
        report.coverage = coverage()
        return report
    }

    package mutating func edgeKey() -> EdgeKey {
        let orientation: Orientation =
            chance(1, of: 4) ? .undecided : chance(1, of: 3) ? .dissected : .observed
        return EdgeKey(
            client: endpoint(),
            server: endpoint(),
            port: UInt16(truncatingIfNeeded: next()),
            originatorPort: orientation == .undecided ? UInt16(truncatingIfNeeded: next()) : 0,
            transport: TransportProtocol.allCases.randomElement(using: &self) ?? .tcp,
            orientation: orientation
        )
    }

    package mutating func endpoint() -> Endpoint {
        let scope = chance(9, of: 10) ? "default" : string()
        guard chance(3, of: 4) else {
            // Some of these are IPv4-mapped, which is not the same as IPv4.
            let low = chance(1, of: 2) ? next() : 0xFFFF_0A00_0001
            return Endpoint(scope: scope, address: IPAddress(high: low >> 48 == 0 ? 0 : next(), low: low))
        }
        return Endpoint(scope: scope, address: IPAddress(v4: 0x0A2A_0000 | UInt32(number(500))))
    }

    package mutating func metrics() -> EdgeMetrics {
        var metrics = EdgeMetrics()
        metrics.packets = DirectionalCount(sent: counter(), received: counter())
        metrics.bytes = DirectionalCount(sent: counter(), received: counter())
        metrics.retransmitted = DirectionalCount(sent: counter(), received: counter())
        metrics.outOfOrder = DirectionalCount(sent: counter(), received: counter())
        metrics.zeroWindow = DirectionalCount(sent: counter(), received: counter())
        metrics.connections.established = counter()
        metrics.connections.refused = counter()
        metrics.connections.unanswered = counter()
        metrics.connections.unreachable = counter()
        metrics.connections.answeredLate = counter()
        metrics.connections.reset = counter()
        metrics.connections.closed = counter()
        metrics.connections.icmpErrors = counter()
        metrics.connections.open = counter()
        metrics.connections.pending = counter()
        metrics.connectTime = histogram()
        metrics.initialRtt = histogram()
        metrics.rtt = histogram()
        metrics.tlsHandshakes.attempted = counter()
        metrics.tlsHandshakes.completed = counter()
        metrics.tlsHandshakes.failed = tally()
        metrics.tlsHandshakes.resumed = counter()
        metrics.tlsHandshakes.handshakeTime = histogram()
        for name in ApplicationProtocol.allCases where chance(1, of: 3) {
            metrics.protocols[name] = protocolMetrics()
        }
        return metrics
    }

    /// Transactions with every part there or not, and instants of all magnitudes.
    package mutating func samples() -> TransactionSamples {
        TransactionSamples((0..<(chance(1, of: 2) ? 0 : number(12))).map { _ in transactionSample() })
    }

    /// One transaction; a spread makes all its times numbers below it.
    package mutating func transactionSample(spread: UInt64? = nil) -> TransactionSample {
        var sample = TransactionSample(
            applicationProtocol: ApplicationProtocol.allCases.randomElement(using: &self) ?? .http,
            operation: string(),
            outcome: Outcome.allCases.randomElement(using: &self) ?? .ok,
            at: Timestamp(nanoseconds: Int64(bitPattern: time(spread))),
            ended: time(spread)
        )
        sample.requestEnd = time(spread)
        if chance(2, of: 3) { sample.status = string() }
        if chance(2, of: 3) { sample.responseStart = time(spread) }
        if chance(2, of: 3) { sample.responseEnd = time(spread) }
        if chance(1, of: 2) { sample.requestBytes = counter() }
        if chance(1, of: 2) { sample.responseBytes = counter() }
        if chance(1, of: 2) { sample.serverName = string() }
        if chance(1, of: 3) {
            sample.fields = (0..<number(4)).map { _ in
                HeaderField(chance(1, of: 2) ? .request : .response, string(), string())
            }
        }
        sample.isIncomplete = chance(1, of: 5)
        sample.isStreaming = chance(1, of: 5)
        return sample
    }

    private mutating func time(_ spread: UInt64?) -> UInt64 {
        spread.map { next() % $0 } ?? next() >> UInt64(number(64))
    }

    package mutating func histogram() -> Histogram {
        var histogram = Histogram()
        guard chance(2, of: 3) else { return histogram }
        for _ in 0..<number(20) {
            // All magnitudes, from below a microsecond to beyond the last bucket.
            histogram.record(nanoseconds: Int64(bitPattern: next() >> (1 + UInt64(number(63)))))
        }
        return histogram
    }

    /// Mostly 0, sometimes small, rarely of any size.
    package mutating func counter() -> UInt64 {
        switch number(10) {
        case 0..<6: 0
        case 6..<9: UInt64(number(2_000))
        default: next() >> UInt64(number(64))
        }
    }

    /// Short and long, empty, with NUL, quotes, markup, and letters beyond ASCII.
    package mutating func string() -> String {
        let hostile = ["", "\0", "a\0b", "'; DROP TABLE edge; --", "<script>", "é", "🗺️", "GET /cart/{id}"]
        if chance(1, of: 3), let text = hostile.randomElement(using: &self) { return text }
        return "op-\(number(40))" + String(repeating: "x", count: chance(1, of: 20) ? 300 : 0)
    }

    /// A number below a bound.
    package mutating func number(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }

    package mutating func chance(_ part: Int, of whole: Int) -> Bool { number(whole) < part }

    // MARK: - Parts

    private mutating func protocolMetrics() -> ProtocolMetrics {
        var metrics = ProtocolMetrics()
        metrics.started = counter()
        metrics.inFlight = counter()
        metrics.incomplete = counter()
        metrics.earlyResponse = counter()
        metrics.retries = counter()
        metrics.streaming = counter()
        metrics.recognized = counter()
        metrics.session = counter()
        metrics.messages = DirectionalCount(sent: counter(), received: counter())
        metrics.statuses = tally()
        metrics.serverTime = histogram()
        metrics.streamDuration = histogram()
        for _ in 0..<number(5) {
            var operation = OperationMetrics()
            operation.outcomes = outcomes()
            operation.latency = histogram()
            metrics.operations[string()] = operation
        }
        // Usually the sum of the operations, as collectors report; sometimes something else.
        if chance(2, of: 3) {
            for operation in metrics.operations.values {
                metrics.latency.merge(operation.latency)
                metrics.outcomes.ok &+= operation.outcomes.ok
                metrics.outcomes.clientError &+= operation.outcomes.clientError
                metrics.outcomes.serverError &+= operation.outcomes.serverError
                metrics.outcomes.clientGaveUp &+= operation.outcomes.clientGaveUp
                metrics.outcomes.serverClosed &+= operation.outcomes.serverClosed
                metrics.outcomes.timedOut &+= operation.outcomes.timedOut
            }
        } else {
            metrics.latency = histogram()
            metrics.outcomes = outcomes()
        }
        return metrics
    }

    private mutating func outcomes() -> OutcomeCounts {
        var outcomes = OutcomeCounts()
        outcomes.ok = counter()
        outcomes.clientError = counter()
        outcomes.serverError = counter()
        outcomes.clientGaveUp = counter()
        outcomes.serverClosed = counter()
        outcomes.timedOut = counter()
        return outcomes
    }

    private mutating func tally() -> [String: UInt64] {
        var tally: [String: UInt64] = [:]
        guard chance(1, of: 2) else { return tally }
        for _ in 0..<number(4) { tally[string()] = counter() }
        return tally
    }

    private mutating func dialled(_ key: EdgeKey) -> [EdgeRow.Dialled: UInt64] {
        var dialled: [EdgeRow.Dialled: UInt64] = [:]
        if chance(3, of: 4) { dialled[EdgeRow.Dialled(endpoint: key.server, port: key.port)] = counter() }
        // The server's address under another port, and other addresses.
        if chance(1, of: 4) { dialled[EdgeRow.Dialled(endpoint: key.server, port: 80)] = counter() }
        for _ in 0..<number(3) {
            dialled[EdgeRow.Dialled(endpoint: endpoint(), port: UInt16(number(65_536)))] = counter()
        }
        return dialled
    }

    private mutating func coverage() -> Coverage {
        var coverage = Coverage()
        coverage.frames = counter()
        coverage.metered = counter()
        coverage.duplicate = counter()
        coverage.translated = counter()
        coverage.notMetered = counter()
        coverage.filtered = counter()
        coverage.undecodable = tally()
        for cause in LossCause.allCases where chance(1, of: 4) { coverage.losses[cause] = counter() }
        return coverage
    }
}
