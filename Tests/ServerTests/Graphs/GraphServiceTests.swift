// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import HTTPTypes
import Server
import Storage
import Testing

@Suite(.timeLimit(.minutes(5))) struct `The graph service` {
    private static let client = Endpoint(scope: "default", address: IPAddress(v4: 0x0AF4_0007))
    private static let server = Endpoint(scope: "default", address: IPAddress(v4: 0x0AF4_0006))

    /// A window in which one client asked one server so many times.
    private static func report(windowAt seconds: Int64, requests: UInt64) -> WindowReport {
        let window = Window.containing(Timestamp(seconds: seconds))
        let key = EdgeKey(client: client, server: server, port: 80, transport: .tcp, orientation: .observed)
        var row = EdgeRow(key: key)
        var metrics = ProtocolMetrics()
        metrics.started = requests
        metrics.outcomes.ok = requests
        row.metrics.protocols[.http] = metrics
        return WindowReport(
            cluster: "default",
            reporter: Reporter(id: "file-1", name: "demo.pcap"),
            window: window,
            sequence: 0,
            observed: window,
            edges: [row]
        )
    }

    private func withStore(_ body: (WindowStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "svcmap-server-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(WindowStore(path: folder.appending(path: "map.db").path, access: .readWrite))
    }

    @Test func `answers an empty store with an empty graph`() async throws {
        try await withStore { store throws in
            let snapshot = try await GraphService(store: store).snapshot(for: GraphQuery())
            #expect(snapshot.stored == nil)
            #expect(snapshot.graph.nodes.isEmpty && snapshot.graph.edges.isEmpty)
            #expect(snapshot.reporters.isEmpty)
        }
    }

    @Test func `sees what another writer adds`() async throws {
        try await withStore { store throws in
            let service = GraphService(store: store)
            #expect(try store.append(Self.report(windowAt: 1_000_000_000, requests: 3)))
            let first = try await service.snapshot(for: GraphQuery())
            #expect(first.graph.edges.map(\.requests) == [3])
            #expect(first.reporters.map(\.name) == ["demo.pcap"])
            #expect(try store.append(Self.report(windowAt: 1_000_000_010, requests: 4)))
            let second = try await service.snapshot(for: GraphQuery())
            #expect(second.graph.edges.map(\.requests) == [7])
            #expect(second.stored?.end == Timestamp(seconds: 1_000_000_020))
        }
    }

    @Test func `answers with the part that was asked for, and says when a filter costs too much`()
        async throws
    {
        try await withStore { store throws in
            let service = GraphService(store: store)
            #expect(try store.append(Self.report(windowAt: 1_000_000_000, requests: 3)))
            let none = try await service.snapshot(for: GraphQuery(filter: EdgeFilter("edge.requests > 3")))
            #expect(none.graph.edges.isEmpty && none.graph.omitted.edges == 1)
            let all = try await service.snapshot(for: GraphQuery(filter: EdgeFilter("edge.requests >= 3")))
            #expect(all.graph.edges.count == 1 && all.graph.omitted.isNothing)
            let ten = "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"
            let text = "\(ten).all(a, \(ten).all(b, \(ten).all(c, \(ten).all(d, a + b + c + d > 0))))"
            let costly = try EdgeFilter(text)
            for (query, parameter) in [
                (GraphQuery(filter: costly), "filter"), (GraphQuery(hide: costly), "hide"),
                (GraphQuery(find: costly), "find"),
            ] {
                let problem = try await #require(throws: Problem.self) {
                    _ = try await service.snapshot(for: query)
                }
                #expect(problem.status == .badRequest && problem.parameter == parameter)
                #expect(problem.detail.contains("10000 steps"))
            }
        }
    }

    @Test(arguments: [(0, 1), (GraphService.maximumKeptBytes, 3)])
    func `keeps no more graphs than have room, and the last in any case`(
        bytes: Int,
        sources: Int
    ) async throws {
        try await withStore { store throws in
            for seconds: Int64 in [1_000_000_000, 1_000_000_010, 1_000_000_020] {
                let isNew = try store.append(
                    Self.report(windowAt: seconds, requests: UInt64(seconds % 100) + 1)
                )
                #expect(isNew)
            }
            let service = GraphService(store: store, maximumKeptBytes: bytes)
            for round in 0..<2 {
                for part: Int64 in 0..<3 {
                    let start = Timestamp(seconds: 1_000_000_000 + 10 * part)
                    let range = GraphQuery.Range.between(from: start, to: start + Window.baseNanoseconds)
                    let whole = try await service.snapshot(for: GraphQuery(range: range))
                    #expect(whole.graph.edges.map(\.requests) == [UInt64(10 * part) + 1])
                    let busy = try EdgeFilter("edge.requests > 1")
                    let view = try await service.snapshot(for: GraphQuery(range: range, filter: busy))
                    #expect(view.graph.edges.count == (part == 0 ? 0 : 1))
                    if round == 1 || part == 2 { #expect(service.kept.sources == sources) }
                }
            }
            #expect(service.kept.bytes > 0)
        }
    }

    @Test func `refuses a replay that is too large, and says with which step it is not`() async throws {
        try await withStore { store throws in
            let service = GraphService(store: store)
            for seconds: Int64 in [1_000_000_000, 1_000_000_010, 1_100_000_000] {
                let isNew = try store.append(Self.report(windowAt: seconds, requests: 2))
                #expect(isNew)
            }
            let day: Int64 = 86_400_000_000_000
            let frames = try await service.frames(of: GraphQuery(), stepNanoseconds: day)
            #expect(frames.frames.count == 1_158 || frames.frames.count == 1_159)
            #expect(frames.frames.flatMap(\.cells).map(\.requests) == [4, 2])
            #expect(frames.edges.count == 1)
            let first = GraphQuery(range: .between(from: nil, to: Timestamp(seconds: 1_000_000_020)))
            let fine = try await service.frames(of: first, stepNanoseconds: 1)
            #expect(fine.stepNanoseconds == Window.baseNanoseconds)
            #expect(fine.frames.map { $0.cells.map(\.requests) } == [[2], [2]])
            #expect(fine.frames.map(\.observedSeconds) == [10, 10])
        }
    }

    @Test func `compares with the same length before`() async throws {
        try await withStore { store throws in
            let service = GraphService(store: store)
            for (seconds, requests): (Int64, UInt64) in [(1_000_000_000, 500), (1_000_000_010, 5_000)] {
                let isNew = try store.append(Self.report(windowAt: seconds, requests: requests))
                #expect(isNew)
            }
            let diff = try await service.diff(DiffParameters("window=10s", now: Timestamp(seconds: 0)))
            #expect(diff.base.window.start == Timestamp(seconds: 1_000_000_000))
            #expect(diff.current.window.start == diff.base.window.end)
            #expect(diff.edges.map(\.judgement) == [Judgement(.more)])
            // An edge that a filter leaves out on one side is not new on the other.
            let text = "window=10s&filter=edge.requests%20%3E%201000"
            let filtered = try await service.diff(DiffParameters(text, now: Timestamp(seconds: 0)))
            #expect(filtered.edges.map(\.judgement) == [Judgement(.more)])
            #expect(filtered.edges.map(\.base?.requests) == [500])
            let all = try await service.diff(DiffParameters(nil, now: Timestamp(seconds: 0)))
            #expect(!all.base.isWatched)
            #expect(all.edges.map(\.judgement) == [Judgement(.same, isUncertain: true)])
        }
    }

    @Test func `cuts out the range that was asked for`() async throws {
        try await withStore { store throws in
            for (index, seconds) in [Int64(1_000_000_000), 1_000_000_010, 1_000_000_020].enumerated() {
                let isNew = try store.append(Self.report(windowAt: seconds, requests: UInt64(1 << index)))
                #expect(isNew)
            }
            let service = GraphService(store: store)
            let last = GraphQuery(range: .last(nanoseconds: 15_000_000_000))
            #expect(try await service.snapshot(for: last).graph.edges.map(\.requests) == [6])
            let first = GraphQuery(range: .between(from: nil, to: Timestamp(seconds: 1_000_000_005)))
            #expect(try await service.snapshot(for: first).graph.edges.map(\.requests) == [1])
            let none = GraphQuery(range: .between(from: Timestamp(seconds: 2_000_000_000), to: nil))
            #expect(try await service.snapshot(for: none).graph.edges.isEmpty)
        }
    }

    @Test func `answers many at once with one truth`() async throws {
        try await withStore { store throws in
            #expect(try store.append(Self.report(windowAt: 1_000_000_000, requests: 5)))
            let service = GraphService(store: store)
            let levels = GraphLevel.allCases
            try await withThrowingTaskGroup(of: [UInt64].self) { group in
                for index in 0..<40 {
                    group.addTask {
                        let request = GraphQuery(level: levels[index % levels.count])
                        return try await service.snapshot(for: request).graph.edges.map(\.requests)
                    }
                }
                for try await requests in group { #expect(requests == [5]) }
            }
        }
    }
}
