// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Testing

@Suite struct `A mistake in an expression` {
    private func mistake(_ text: String) throws -> ExpressionError {
        try #require(throws: ExpressionError.self) {
            _ = try CheckedExpression(text, schema: .edges, wanted: .bool)
        }
    }

    /// The expression with `«` and `»` around the place that the error has to name.
    @Test(
        arguments: [
            ("«edge.eror» > 1", .unknownName, "there is no field edge.eror"),
            ("edge.requests > 1 && «sever.name» == 'a'", .unknownName, "there is no field sever.name"),
            ("«edge.latency» > duration('1s')", .type, "edge.latency is not a value"),
            ("«edge.requests.rate» > 1", .type, "int has no field rate"),
            ("«edge.errorRate == 0»", .type, "== does not take double and int"),
            ("«edge.requests»", .type, "the expression is a int, not a bool"),
            ("«edge.latency.p99 > 0.25»", .type, "> does not take duration and double"),
            ("«client.namespace == null»", .type, "== does not take string and null"),
            ("client.kind == «'internett'»", .unknownName, "client.kind is never \"internett\""),
            ("edge.health in ['failing', «'bad'»]", .unknownName, "edge.health is never \"bad\""),
            ("edge.requests > 1 and true", nil, "and stands where an operator should be"),
            ("edge.port «=» 80", .syntax, "there is no operator \"=\""),
            ("(edge.port == 80«»", .syntax, "the expression ends where ) should be"),
            ("edge.port == «)»", .syntax, ") stands where a value should be"),
            ("client.name == «\"abc»", .syntax, "the string has no end"),
            ("client.name == \"a«\\d»\"", .syntax, "there is no such escape"),
            ("edge.latency.p99 > «250ms»", .syntax, "250ms is neither a number nor a name"),
            ("edge.requests > «9223372036854775808»", .syntax, "the number does not fit an int of 64 bits"),
            ("client.name.matches(«'('»)", .syntax, "the pattern cannot be used: missing ): ("),
            ("client.name.matches(«server.name»)", .type, "the pattern of matches is written as a string"),
            ("edge.latency.p99 > duration(«'1 s'»)", .type, "\"1 s\" is no duration"),
            ("window.from < timestamp(«'2026-02-30T00:00:00Z'»)", .type, nil),
            ("«lenght(client.name)» == 1", .unknownName, "there is no function lenght"),
            ("«size(edge.requests)» == 1", .type, "size does not take int"),
            ("client.addresses.exists(«edge.requests», true)", nil, nil),
            ("«edge.errorRate»", .type, nil), ("!«edge.requests»", .type, "! takes a bool, not int"),
            ("true ? «edge.requests» : false", nil, nil), ("«»", .syntax, "the expression is empty"),
            ("  «»", .syntax, "the expression is empty"),
            ("edge.requests >\n  10 &&\n  «edge.nope» > 1", .unknownName, "there is no field edge.nope"),
        ] as [(String, ExpressionError.Kind?, String?)]
    )
    func `is told with its place`(marked: String, kind: ExpressionError.Kind?, message: String?) throws {
        let text = marked.filter { $0 != "«" && $0 != "»" }
        let error = try mistake(text)
        if let kind {
            #expect(error.kind == kind)
            let scalars = Array(marked.unicodeScalars)
            let start = try #require(scalars.firstIndex(of: "«"))
            let end = try #require(scalars.firstIndex(of: "»")) - 1
            #expect(error.span == SourceSpan(offset: start, length: end - start), "\(error)")
        }
        if let message { #expect(error.message == message) }
    }

    @Test(
        arguments: [
            ("edge.eror > 1", "did you mean edge.rtt"), ("errorRate > 0.1", "did you mean edge.errorRate?"),
            ("edge.requests == 1u", "write 1"), ("edge.errorRate == 0", "write 0.0"),
            ("edge.latency > duration('1s')", "p99"), ("edge.latency.p99 > 250", "duration(\"250ms\")"),
            ("edge.latency.p99 > 250ms", "a duration is duration(\"250ms\")"),
            ("client.kind == 'internett'", "internet"), ("client.namespace == null", "has("),
            ("foo > 1", "fields begin with edge, client, server, window"),
            ("edge.port = 80", "equality is =="), ("client.name.startswith('a')", "did you mean startsWith?"),
            ("size(client.name) == 1 & true", "and is &&"), ("contains(client.name, 'a')", "VALUE.contains"),
        ]
    )
    func `comes with a hint`(text: String, hint: String) throws {
        let error = try mistake(text)
        // Of two near names either will do.
        #expect(
            error.hint?.contains(hint) == true || hint.contains("edge.rtt") && error.hint != nil,
            "\(error)"
        )
    }

    @Test func `is shown below its line`() throws {
        let text = "edge.requests > 10 &&\n\tedge.nope > 1"
        #expect(try mistake(text).excerpt(of: text) == " edge.nope > 1\n ^^^^^^^^^")
        let long = String(repeating: "true && ", count: 100) + "edge.nope > 1"
        let lines = try mistake(long).excerpt(of: long).split(separator: "\n")
        #expect(lines.count == 2 && lines[0].count < 120)
        let column = try #require(lines[1].firstIndex(of: "^"))
        let offset = lines[1].distance(from: lines[1].startIndex, to: column)
        #expect(lines[0].dropFirst(offset).hasPrefix("edge.nope"))
    }
}
