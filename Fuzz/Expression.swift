// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// One edge with some figures, and many without.
private let askedAbout: ServiceGraph = {
    var client = Node(
        id: "workload/shop/Deployment/cart",
        kind: .workload,
        name: "cart",
        identifiedBy: .inventory
    )
    client.namespace = "shop"
    client.addresses = [IPAddress(v4: 0x0A00_0001), IPAddress(v4: 0x0A00_0002)]
    let server = Node(id: "internet", kind: .internet, name: "internet", identifiedBy: .nothing)
    var edge = Edge(client: client.id, server: server.id, port: 80, transport: .tcp, direction: .observed)
    edge.metrics.tlsHandshakes.failed = ["bad_certificate": 2]
    var http = ProtocolMetrics()
    http.outcomes.ok = 3
    http.latency.record(nanoseconds: 4_000_000)
    edge.metrics.protocols[.http] = http
    return ServiceGraph(
        window: Window.containing(Timestamp(seconds: 1_700_000_000)),
        level: .workload,
        nodes: [client, server],
        edges: [edge]
    )
}()

/// What somebody might have typed as a filter: read or refused with a place in it, within the
/// limits; what was understood is understood again, with the same answer.
func fuzzExpression(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    // Sound: pointer and count are libFuzzer's own, and the bytes are copied at once.
    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    let text = String(decoding: bytes, as: UTF8.self)
    let expression: CheckedExpression<EdgeSubject>
    do {
        expression = try CheckedExpression(text, schema: .edges)
    } catch {
        let length = text.unicodeScalars.count
        require(error.span.offset >= 0 && error.span.end <= length, "a mistake outside the text: \(error)")
        let lines = error.excerpt(of: text).split(separator: "\n", omittingEmptySubsequences: false)
        require(lines.count == 2, "an excerpt of \(lines.count) lines")
        return 0
    }
    let edge = askedAbout.edges[0]
    let subject = EdgeSubject(edge, client: askedAbout.nodes[1], server: askedAbout.nodes[0], in: askedAbout)
    let answer = answered(expression, subject)
    let canonical = expression.canonicalText
    // Parentheses take room.
    guard canonical.utf8.count <= ExpressionLimits.maximumSourceBytes else { return 0 }
    guard let again = try? CheckedExpression(canonical, schema: .edges) else {
        require(false, "\(canonical) is not understood")
        return 0
    }
    require(again.canonicalText == canonical, "\(canonical) is written out as \(again.canonicalText)")
    require(answered(again, subject) == answer, "\(canonical) has another answer")
    return 0
}

private func answered(_ expression: CheckedExpression<EdgeSubject>, _ subject: EdgeSubject) -> String {
    var steps = 0
    do {
        let outcome = try expression.evaluate(subject, steps: &steps)
        require(steps <= ExpressionLimits.maximumSteps, "\(steps) steps")
        return switch outcome {
        case .value(let value): value.description
        case .absent(let path): "absent: \(path)"
        case .failed(let message, _): message
        }
    } catch {
        return error.message
    }
}
