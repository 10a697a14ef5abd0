// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import HTTPTypes
import Server
import Testing

@Suite struct `Graph parameters` {
    private func parse(_ query: String?) throws -> GraphQuery {
        try GraphParameters.parse(query, now: ScriptedServer.now)
    }

    @Test func `default to all data at level workload`() throws {
        #expect(try parse(nil) == GraphQuery())
        #expect(try parse("") == GraphQuery())
    }

    @Test func `are all read`() throws {
        let request = try parse(
            "from=2026-11-22T09:00:00Z&to=2026-11-22T11:00:00%2B01:00&level=pod&namespace=demo,shop&namespace=a-1"
                + "&group=label:app.kubernetes.io/part-of&collapse=dns,web&collapse=b-2,tier=front&fold=cidr"
        )
        let from = try #require(Timestamp(rfc3339: "2026-11-22T09:00:00Z"))
        let to = try #require(Timestamp(rfc3339: "2026-11-22T10:00:00Z"))
        #expect(request.range == .between(from: from, to: to))
        #expect(request.level == .pod)
        #expect(request.namespaces == ["demo", "shop", "a-1"])
        #expect(request.group == .label(key: "app.kubernetes.io/part-of"))
        #expect(
            request.collapsed == Set(["dns", "web", "b-2", "tier=front"].compactMap { CollapsedBox($0) })
        )
        #expect(request.folding == .cidr)
    }

    @Test func `tell which part of a graph is wanted`() throws {
        let request = try parse(
            "filter=edge.requests%20%3E%20(1%2B1)&focus=workload%2Fdemo%2FDeployment%2Fapp&depth=3&top=50"
        )
        #expect(try request.filter == EdgeFilter("edge.requests > (1+1)"))
        #expect(request.focus == GraphQuery.Focus(node: "workload/demo/Deployment/app", depth: 3))
        #expect(request.top == 50)
        let other = try parse("hide=edge.port%20%3D%3D%2053&find=edge.port%20%3D%3D%2080")
        #expect(
            try other == GraphQuery(hide: EdgeFilter("edge.port == 53"), find: EdgeFilter("edge.port == 80"))
        )
        #expect(try parse("focus=internet").focus == GraphQuery.Focus(node: "internet", depth: 1))
        // As it is, a plus sign adds.
        #expect(try parse("filter=edge.requests%3E1+1").filter == EdgeFilter("edge.requests > 1 + 1"))
    }

    @Test(
        arguments: [
            ("edge.eror%20%3E%201", 0, 9, "there is no field edge.eror"),
            ("edge.port%20%3E%2080%20%26%26", 17, 0, "ends where a value should be"),
            ("%22%C3%A9%F0%9F%98%80%22%20%3E%201", 0, 8, "string and int"),
        ] as [(String, Int, Int, String)]
    )
    func `point at the mistake in an expression`(
        filter: String,
        offset: Int,
        length: Int,
        detail: String
    ) throws {
        let problem = try #require(throws: Problem.self) { _ = try parse("filter=" + filter) }
        #expect(problem.parameter == "filter" && problem.status == .badRequest)
        #expect(problem.span == SourceSpan(offset: offset, length: length))
        #expect(problem.detail.contains(detail), "\(problem.detail)")
    }

    @Test func `take a plus sign for a plus sign`() throws {
        let to = try #require(Timestamp(rfc3339: "2026-11-22T10:00:00Z"))
        #expect(try parse("to=2026-11-22T11:00:00+01:00").range == .between(from: nil, to: to))
    }

    @Test func `count relative times from the wall clock and windows from the end of the data`() throws {
        let now = ScriptedServer.now
        #expect(try parse("from=now-15m&to=now").range == .between(from: now + -900_000_000_000, to: now))
        #expect(try parse("window=1h30m").range == .last(nanoseconds: 5_400_000_000_000))
    }

    @Test(arguments: [
        ("from=yesterday", "from"), ("from=now-", "from"), ("from=now%2B5m", "from"), ("to=now-15", "to"),
        ("from=", "from"), ("from=1960-01-01T00:00:00Z", "from"), ("to=9999-12-31T23:59:59Z", "to"),
        ("from=now&to=now", "to"), ("from=now&to=now-1h", "to"), ("from=now&from=now", "from"),
        ("window=15", "window"), ("window=-5m", "window"), ("window=0s", "window"),
        ("window=5m&to=now", "window"),
        ("window=99999999999999d", "window"), ("window=1e3s", "window"), ("window=%D9%A3m", "window"),
        ("level=cluster", "level"), ("level=Pod", "level"), ("level=", "level"),
        ("level=pod&level=pod", "level"),
        ("namespace=", "namespace"), ("namespace=a,,b", "namespace"), ("namespace=Demo", "namespace"),
        ("namespace=%3Cscript%3E", "namespace"), ("namespace=..%2F..", "namespace"), ("zoom=3", "zoom"),
        ("group=app", "group"), ("group=label:", "group"), ("group=label:%3Cb%3E", "group"),
        ("collapse=", "collapse"), ("collapse=a,,b", "collapse"), ("collapse=A", "collapse"),
        ("collapse=tier=", "collapse"),
        ("fold=all", "fold"), ("fold=", "fold"),
        ("filter=", "filter"), ("filter=1", "filter"), ("filter=true&filter=true", "filter"),
        ("filter=" + String(repeating: "(", count: 9_000), "filter"),
        ("hide=", "hide"), ("hide=1", "hide"), ("find=edge.eror%20%3E%201", "find"),
        ("find=true&find=true", "find"),
        ("focus=", "focus"), ("focus=" + String(repeating: "a", count: 513), "focus"), ("depth=2", "depth"),
        ("focus=a&depth=0", "depth"), ("focus=a&depth=17", "depth"), ("focus=a&depth=x", "depth"),
        ("top=0", "top"), ("top=100001", "top"), ("top=many", "top"), ("top=1&top=2", "top"),
        ("Level=pod", "Level"), ("=x", ""),
        ("namespace=" + String(repeating: "a", count: 64), "namespace"),
        ("namespace=" + (0...100).map { "n\($0)" }.joined(separator: ","), "namespace"),
        ("namespace=" + [String](repeating: "n", count: 101).joined(separator: ","), "namespace"),
    ])
    func `are refused by name`(query: String, parameter: String) throws {
        let problem = try #require(throws: Problem.self) { _ = try parse(query) }
        #expect(problem.status == .badRequest)
        #expect(problem.parameter == parameter)
        #expect(!problem.detail.isEmpty)
    }

    @Test(arguments: ["level=%", "level=%G1", "%ff=1", String(repeating: "a=1&", count: 129)])
    func `that cannot be read are refused`(query: String) throws {
        let problem = try #require(throws: Problem.self) { _ = try parse(query) }
        #expect(problem.status == .badRequest)
    }

    @Test(
        arguments: [
            ("1s", 1), ("90s", 90), ("15m", 900), ("1h30m", 5_400), ("7d", 604_800), ("1d1h1m1s", 90_061),
        ] as [(String, Int64)]
    )
    func `write durations as people do`(text: String, seconds: Int64) {
        #expect(DurationText.nanoseconds(text) == seconds * 1_000_000_000)
    }
}
