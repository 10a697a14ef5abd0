// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Graph
import TestKit
import Testing

/// Text that nobody would write: it is read or refused, and what is read is written out alike.
@Suite struct `Any text as an expression` {
    private static let words = [
        "edge", "client", "window", ".", "requests", "errorRate", "latency", "p99", "addresses", "(", ")",
        "[",
        "]", "{", "}", ",", ":", "?", "&&", "||", "!", "-", "+", "*", "/", "%", "==", "!=", "<", ">=", "in",
        "1",
        "0.5", "2u", "'a'", "\"b\"", "b'c'", "r'\\d'", "true", "false", "null", "has", "size", "exists",
        "all", "x",
        "map", "duration", "matches", "'1s'", " ", "\n", "// c\n", "9223372036854775807", "string", "int",
        "`k`",
    ]

    private static let graph = Scene.graph()

    private static func check(_ text: String) {
        do {
            let expression = try CheckedExpression(text, schema: .edges)
            // Parentheses take room.
            guard expression.canonicalText.utf8.count <= ExpressionLimits.maximumSourceBytes else { return }
            let again = try CheckedExpression(expression.canonicalText, schema: .edges)
            #expect(again.canonicalText == expression.canonicalText, "\(text)")
            _ = try? graph.filtered(EdgeFilter(text))
        } catch {
            let length = text.unicodeScalars.count
            #expect(error.span.offset >= 0 && error.span.length >= 0 && error.span.end <= length, "\(text)")
            #expect(!error.message.isEmpty && !error.message.contains("\n"))
            let lines = error.excerpt(of: text).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count == 2, "\(text)")
        }
    }

    @Test func `is read or refused, from bytes`() {
        var random = SeededGenerator(default: 4_711)
        for _ in 0..<1_000 {
            let count = Int.random(in: 0...60, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            Self.check(String(decoding: bytes, as: UTF8.self))
        }
    }

    @Test func `is read or refused, from words`() {
        var random = SeededGenerator(default: 4_712)
        for _ in 0..<1_500 {
            let count = Int.random(in: 1...14, using: &random)
            Self.check((0..<count).map { _ in Self.words.randomElement(using: &random) ?? "" }.joined())
        }
    }

    @Test func `is read or refused, from expressions with changes`() throws {
        let text = try String(contentsOfFile: Checkout.fixtures + "/cel/conformance.tsv", encoding: .utf8)
        let expressions = text.split(separator: "\n").compactMap { line in
            let column = line.split(separator: "\t", omittingEmptySubsequences: false)[4]
            return try? JSONSerialization.jsonObject(with: Data(column.utf8), options: .fragmentsAllowed)
                as? String
        }
        #expect(expressions.count > 1_000)
        var random = SeededGenerator(default: 4_713)
        for expression in expressions {
            Self.check(String(decoding: random.mutated(Array(expression.utf8)), as: UTF8.self))
        }
    }
}
