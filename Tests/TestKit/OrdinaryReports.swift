// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// Reports as a cluster under ordinary load makes them, to measure sizes and speeds with.
package enum OrdinaryReports {
    /// A window in which so many edges each carried some HTTP requests over a few connections.
    ///
    /// - Parameters:
    ///   - window: The number of the window since the epoch.
    ///   - edges: How many edges; the same number always gives the same keys.
    ///   - dice: Makes the figures.
    /// - Returns: The report, edges sorted.
    package static func report(window: Int64, edges: Int, dice: inout RandomReports) -> WindowReport {
        let start = Timestamp(nanoseconds: window * Window.baseNanoseconds)
        let whole = Window(start: start, end: start + Window.baseNanoseconds)
        var report = WindowReport(
            cluster: "default",
            reporter: Reporter(id: "node-1", name: "any"),
            window: whole,
            sequence: 0,
            observed: whole
        )
        report.edges = (0..<edges).map { row($0, dice: &dice) }.sorted { $0.key < $1.key }
        return report
    }

    private static func row(_ index: Int, dice: inout RandomReports) -> EdgeRow {
        let server = Endpoint(scope: "default", address: IPAddress(v4: 0x0A2A_0100 + UInt32(index / 8)))
        let service = Endpoint(scope: "default", address: IPAddress(v4: 0x0A2B_0000 + UInt32(index / 32)))
        let key = EdgeKey(
            client: Endpoint(scope: "default", address: IPAddress(v4: 0x0A2A_8000 + UInt32(index))),
            server: server,
            port: 8_080,
            transport: .tcp,
            orientation: .observed
        )
        let requests = 1 + dice.number(12)
        let opened = UInt64(dice.number(3))
        var metrics = EdgeMetrics()
        metrics.packets = DirectionalCount(sent: UInt64(requests * 3), received: UInt64(requests * 3))
        metrics.bytes = DirectionalCount(
            sent: UInt64(requests * 300 + dice.number(400)),
            received: UInt64(requests * 2_000 + dice.number(4_000))
        )
        metrics.connections.established = opened
        metrics.connections.closed = opened
        metrics.connections.open = 1
        for _ in 0..<opened {
            metrics.connectTime.record(nanoseconds: 100_000 + Int64(dice.number(200_000)))
            metrics.initialRtt.record(nanoseconds: 150_000 + Int64(dice.number(200_000)))
        }
        for _ in 0..<requests { metrics.rtt.record(nanoseconds: 50_000 + Int64(dice.number(100_000))) }

        var http = ProtocolMetrics()
        var operation = OperationMetrics()
        for _ in 0..<requests {
            let latency = 1_000_000 + Int64(dice.number(9_000_000))
            operation.latency.record(nanoseconds: latency)
            http.serverTime.record(nanoseconds: latency - 50_000)
        }
        operation.outcomes.ok = UInt64(requests)
        http.started = UInt64(requests)
        http.outcomes = operation.outcomes
        http.latency = operation.latency
        http.statuses = ["200": UInt64(requests)]
        http.operations = ["GET /api/items/{id}": operation]
        metrics.protocols[.http] = http
        return EdgeRow(
            key: key,
            metrics: metrics,
            dialled: [EdgeRow.Dialled(endpoint: service, port: 80): opened + 1]
        )
    }
}
