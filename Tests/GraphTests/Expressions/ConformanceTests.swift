// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import TestKit
import Testing

/// The conformance tests of the CEL specification; `Tests/Fixtures/cel/README.md` has their source.
@Suite struct `Conformance with CEL` {
    /// One line of `conformance.tsv`.
    struct Case {
        let name: String
        /// Why svcmap refuses it; empty where it does not.
        let unsupported: String
        let expression: String
        let bindings: [(name: String, value: ExpressionValue)]
        /// `nil` for an error, and for what is unsupported.
        let expected: ExpressionValue?
    }

    /// A value, or why there is none.
    private enum Answer {
        case value(ExpressionValue)
        case error(String)
    }

    private static func cases() throws -> [Case] {
        let text = try String(contentsOfFile: Checkout.fixtures + "/cel/conformance.tsv", encoding: .utf8)
        return try text.split(separator: "\n").map { line in
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            try #require(columns.count == 7)
            let json = try columns[4...].map {
                try JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
            }
            let bindings = try (json[1] as? [[Any]] ?? []).map { pair in
                (name: try #require(pair[0] as? String), value: try #require(try Self.value(pair[1])))
            }
            return Case(
                name: columns[0...2].joined(separator: "/"),
                unsupported: columns[3],
                expression: try #require(json[0] as? String),
                bindings: bindings,
                expected: columns[3].isEmpty ? try Self.value(json[2]) : nil
            )
        }
    }

    /// A value as `conformance.py` writes it; `nil` for an error.
    private static func value(_ json: Any) throws -> ExpressionValue? {
        let pair = try #require(json as? [Any])
        let kind = try #require(pair[0] as? String)
        if kind == "list" {
            return .list(try (pair[1] as? [Any] ?? []).map { try #require(try value($0)) })
        }
        if kind == "map" {
            return .map(
                try (pair[1] as? [[Any]] ?? []).map {
                    ExpressionEntry(
                        key: try #require(try value($0[0])),
                        value: try #require(try value($0[1]))
                    )
                }
            )
        }
        let text = try #require(pair[1] as? String)
        switch kind {
        case "error": return nil
        case "null": return .null
        case "bool": return .bool(text == "true")
        case "int": return .int(try #require(Int64(text)))
        case "uint": return .uint(try #require(UInt64(text)))
        case "double": return .double(try #require(Double(text)))
        case "string": return .string(text)
        case "duration": return .duration(try #require(Int64(text)))
        case "timestamp": return .timestamp(Timestamp(nanoseconds: try #require(Int64(text))))
        case "bytes":
            let digits = Array(text)
            let bytes = try stride(from: 0, to: digits.count, by: 2).map {
                try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16))
            }
            return .bytes(bytes)
        default:
            Issue.record("no kind of value: \(kind)")
            return nil
        }
    }

    /// The answer for the expression of a case, however it is written.
    private static func evaluate(_ one: Case, as text: String) -> Answer {
        do {
            var steps = 0
            let expression = try CheckedExpression(text, schema: schema(of: one))
            switch try expression.evaluate((), steps: &steps) {
            case .value(let value): return .value(value)
            case .absent(let path): return .error("absent: \(path)")
            case .failed(let message, _): return .error(message)
            }
        } catch {
            return .error(error.message)
        }
    }

    private static func schema(of one: Case) -> ExpressionSchema<Void> {
        ExpressionSchema(
            one.bindings.map { name, value in ExpressionField<Void>(name, value.type, "") { value } }
        )
    }

    /// A map has no order.
    private static func sorted(_ value: ExpressionValue) -> String {
        switch value {
        case .map(let entries):
            "{" + entries.map { "\(sorted($0.key)): \(sorted($0.value))" }.sorted().joined() + "}"
        case .list(let values): "[" + values.map(sorted).joined(separator: ", ") + "]"
        default: value.description
        }
    }

    @Test func `every supported case has the value that the specification gives`() throws {
        let cases = try Self.cases().filter(\.unsupported.isEmpty)
        #expect(cases.count > 600)
        for one in cases {
            switch (Self.evaluate(one, as: one.expression), one.expected) {
            case (.value(let value), let expected?):
                #expect(Self.sorted(value) == Self.sorted(expected), "\(one.name): \(one.expression)")
            case (.error, nil): break
            case (.value(let value), nil):
                Issue.record("\(one.name): \(one.expression) is \(value) where an error should be")
            case (.error(let message), let expected?):
                Issue.record("\(one.name): \(one.expression) is no \(expected): \(message)")
            }
        }
    }

    @Test func `what is unsupported is refused, not answered wrong`() throws {
        let cases = try Self.cases().filter { !$0.unsupported.isEmpty }
        #expect(cases.count > 100)
        for one in cases {
            if case .value(let value) = Self.evaluate(one, as: one.expression) {
                Issue.record("\(one.name) (\(one.unsupported)): \(one.expression) is \(value)")
            }
        }
    }

    @Test func `an expression written out means what was written, and is written out the same`() throws {
        var count = 0
        for one in try Self.cases() {
            guard let checked = try? CheckedExpression(one.expression, schema: Self.schema(of: one)) else {
                continue
            }
            let canonical = checked.canonicalText
            let again = try CheckedExpression(canonical, schema: Self.schema(of: one)).canonicalText
            #expect(again == canonical, "\(one.name): \(one.expression)")
            let answers = [one.expression, canonical].map { text in
                switch Self.evaluate(one, as: text) {
                case .value(let value): Self.sorted(value)
                case .error(let message): message
                }
            }
            #expect(answers[0] == answers[1], "\(one.name): \(one.expression)")
            count += 1
        }
        #expect(count > 700)
    }
}
