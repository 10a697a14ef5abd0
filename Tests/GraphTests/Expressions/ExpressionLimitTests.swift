// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Testing

@Suite struct `The cost of an expression` {
    private func check(_ text: String) throws(ExpressionError) -> CheckedExpression<EdgeSubject> {
        try CheckedExpression(text, schema: .edges, wanted: .bool)
    }

    @Test(arguments: [
        String(repeating: " ", count: ExpressionLimits.maximumSourceBytes) + "true",
        String(repeating: "(", count: 3_000) + "true" + String(repeating: ")", count: 3_000),
        String(repeating: "[", count: 65) + String(repeating: "]", count: 65) + " == []",
        String(repeating: "!", count: 8_000) + "true", String(repeating: "-", count: 8_000) + "1 == 1",
        (0..<1_500).map { _ in "1" }.joined(separator: "+") + " == 1",
        "[" + (0..<3_000).map { _ in "1" }.joined(separator: ",") + "] == []",
        "true" + String(repeating: " ? true : true", count: 80),
        "client.name" + String(repeating: ".a", count: 80) + " == ''",
        "client.name.matches('" + String(repeating: "a", count: 1_025) + "')",
        (0..<17).map { "client.name.matches('\($0)')" }.joined(separator: " || "),
        "[1].all(a, [1].all(b, [1].all(c, [1].all(d, [1].all(e, true)))))",
        // A program of 10^6 states.
        "client.name.matches('((a{1,100}){1,100}){1,100}')",
    ])
    func `is bounded when it is read`(text: String) throws {
        let error = try #require(throws: ExpressionError.self) { _ = try check(text) }
        #expect(error.kind == .limit || error.message.hasPrefix("the pattern cannot be used"), "\(error)")
        #expect(error.span.offset >= 0 && error.span.end <= text.unicodeScalars.count)
    }

    @Test(arguments: [
        // Each step doubles the text.
        "'x'" + (0..<40).map { _ in "" }.joined() + "== ['x']"
            + String(repeating: ".map(s, s + s)", count: 60) + "[0]",
        "[1,2,3,4,5,6,7,8,9,0].all(a, [1,2,3,4,5,6,7,8,9,0].all(b, [1,2,3,4,5,6,7,8,9,0].all(c, "
            + "[1,2,3,4,5,6,7,8,9,0].all(d, true))))",
    ])
    func `is bounded when it is evaluated`(text: String) throws {
        let graph = Scene.graph()
        let error = try #require(throws: ExpressionError.self) { _ = try graph.filtered(EdgeFilter(text)) }
        #expect(error.kind == .limit)
    }

    @Test func `is linear for patterns that others fail at`() throws {
        let filter = try EdgeFilter("('" + String(repeating: "a", count: 2_000) + "b').matches('^(a+)+$')")
        #expect(try Scene.graph().filtered(filter).edges.isEmpty)
    }

    @Test func `reaches what other implementations must allow`() throws {
        _ = try check(String(repeating: "(", count: 32) + "true" + String(repeating: ")", count: 32))
        _ = try check((0..<24).map { _ in "true ? true : " }.joined() + "true")
        _ = try check((0..<400).map { "edge.port == \($0)" }.joined(separator: " || "))
        _ = try check("edge.port in [" + (0..<1_000).map(String.init).joined(separator: ",") + "]")
    }
}
