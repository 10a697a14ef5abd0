// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Testing

/// Transactions are recorded in batches; the sums must be those of one after the other.
@Suite("Batches of transactions")
struct OperationFoldingTests {
    /// A word for each number, so that it stays in the operation.
    private static func word(_ number: Int) -> String {
        String(decoding: [number / 26, number % 26].map { UInt8(0x61 + $0) }, as: UTF8.self)
    }

    /// How long the answers to requests of these numbers take together.
    private static func nanoseconds(of numbers: [Int]) -> UInt64 {
        numbers.reduce(0) { $0 + UInt64($1 % 16 + 1) * 1_000_000 }
    }

    /// Asks on one connection for one path after the other.
    private static func metrics(of paths: [String], status: (Int) -> Int) throws -> (ProtocolMetrics, UInt64)
    {
        let script = FrameScript()
        let legs = [Leg(client: "10.0.0.1", server: "10.0.0.2")]
        script.handshake(0, legs)
        var (client, server) = (UInt32(101), UInt32(901))
        for (number, path) in paths.enumerated() {
            let request = Array("GET /\(path) HTTP/1.1\r\n\r\n".utf8)
            let response = Array("HTTP/1.1 \(status(number)) X\r\nContent-Length: 0\r\n\r\n".utf8)
            let at = 10 + Double(number) * 20
            script.tcp(at, legs, .ack, sequence: client, acknowledgment: server, payload: request)
            client &+= UInt32(request.count)
            let answered = at + Double(number % 16 + 1)
            script.tcp(
                answered,
                legs,
                isFromClient: false,
                .ack,
                sequence: server,
                acknowledgment: client,
                payload: response
            )
            server &+= UInt32(response.count)
        }
        let report = try #require(script.finish().first)
        let row = try #require(report.edges.first)
        return (try #require(row.metrics.protocols[.http]), report.coverage.losses[.foldedOperations] ?? 0)
    }

    @Test(arguments: [1, 63, 64, 65, 200])
    func `a batch counts what its transactions count`(count: Int) throws {
        let paths = (0..<count).map { Self.word($0 % 7) }
        let (metrics, folded) = try Self.metrics(of: paths) { $0 % 5 == 0 ? 503 : 200 }
        let failed = UInt64((count + 4) / 5)
        #expect(folded == 0)
        #expect(metrics.started == UInt64(count))
        #expect(metrics.outcomes.serverError == failed)
        #expect(metrics.outcomes.ok == UInt64(count) - failed)
        #expect(metrics.statuses["503"] == failed)
        #expect(metrics.statuses["200"] ?? 0 == UInt64(count) - failed)
        #expect(metrics.latency.count == UInt64(count))
        #expect(metrics.latency.sumNanoseconds == Self.nanoseconds(of: Array(0..<count)))
        #expect(metrics.operations.count == min(count, 7))
        for number in 0..<min(count, 7) {
            let mine = (0..<count).filter { $0 % 7 == number }
            let operation = try #require(metrics.operations["GET /\(Self.word(number))"])
            #expect(operation.outcomes.requests == UInt64(mine.count))
            #expect(operation.latency.sumNanoseconds == Self.nanoseconds(of: mine))
        }
    }

    @Test func `operations beyond the limit are folded and counted, known ones are not`() throws {
        let paths = (0..<300).map { Self.word($0) } + ["aa", "aa", Self.word(299)]
        let (metrics, folded) = try Self.metrics(of: paths) { _ in 200 }
        #expect(folded == 201)
        #expect(metrics.operations.count == 101)
        #expect(metrics.operations["{other}"]?.outcomes.ok == 201)
        #expect(metrics.operations["GET /aa"]?.outcomes.ok == 3)
        #expect(metrics.outcomes.ok == 303)
    }
}
