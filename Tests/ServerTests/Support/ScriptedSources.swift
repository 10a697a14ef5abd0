// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Render
import Server
import Synchronization
import TestKit
import Testing

/// Graphs by script: what it was asked is kept, what it answers is given.
final class ScriptedGraphs: GraphSource {
    struct Failure: Error {}

    private let asked = Mutex<[GraphQuery]>([])
    private let watched = Mutex(false)
    /// Equal questions get the same snapshot, as from a store that does not change.
    private let known = Mutex<[(query: GraphQuery, snapshot: GraphSnapshot)]>([])
    private let answer: @Sendable (GraphQuery) throws -> GraphSnapshot

    init(_ answer: @escaping @Sendable (GraphQuery) throws -> GraphSnapshot) {
        self.answer = answer
    }

    /// The small shop, whatever is asked.
    static func shop() -> ScriptedGraphs {
        ScriptedGraphs { _ in shopSnapshot() }
    }

    static func shopSnapshot() -> GraphSnapshot {
        GraphSnapshot(
            graph: ShopGraph.make(),
            stored: ShopGraph.window,
            reporters: [Reporter(id: "file-1", name: "demo.pcap")]
        )
    }

    /// A store without a window.
    static func empty() -> ScriptedGraphs {
        ScriptedGraphs { _ in
            let epoch = Timestamp(nanoseconds: 0)
            let graph = ServiceGraph(window: Window(start: epoch, end: epoch), level: .workload)
            return GraphSnapshot(graph: graph, stored: nil, reporters: [])
        }
    }

    static func failing() -> ScriptedGraphs {
        ScriptedGraphs { _ in throw Failure() }
    }

    var requests: [GraphQuery] { asked.withLock { $0 } }

    func snapshot(for request: GraphQuery) async throws -> GraphSnapshot {
        asked.withLock { $0.append(request) }
        return try known.withLock { known in
            if let entry = known.first(where: { $0.query == request }) { return entry.snapshot }
            let answer = try answer(request)
            let snapshot = GraphSnapshot(
                graph: answer.graph,
                stored: answer.stored,
                reporters: answer.reporters,
                details: request.include
            )
            known.append((request, snapshot))
            return snapshot
        }
    }

    /// Whether anybody asked for the state.
    var wasWatched: Bool { watched.withLock { $0 } }

    /// Readable where the whole graph is; the version is what was asked so far.
    func state() async throws -> StoreState {
        let state = StoreState.readable(
            version: Int64(requests.count),
            stored: try answer(GraphQuery()).stored
        )
        // Not before: who waits for it wants to change what is stored after it was told.
        watched.withLock { $0 = true }
        return state
    }

    /// What `state` tells.
    func version() -> Int64? { Int64(requests.count) }

    func samples(
        ofEdge id: String?,
        matching filter: SampleFilter,
        in request: GraphQuery
    ) async throws -> SampleList {
        asked.withLock { $0.append(request) }
        let samples = ShopGraph.samples.filter(filter.matches)
            .map { EdgeSample(edge: id ?? "a->b:80/tcp", sample: $0) }
        return SampleList(window: try answer(request).graph.window, samples: samples)
    }

    /// Two steps: nothing, and everything.
    func series(
        of subject: SeriesSubject,
        in request: GraphQuery,
        stepNanoseconds: Int64?
    ) async throws -> [Series] {
        asked.withLock { $0.append(request) }
        let graph = try answer(request).graph
        let step = stepNanoseconds ?? Window.baseNanoseconds
        let groups: [[Edge]] =
            switch subject {
            case .edge(let id): [graph.edges.filter { $0.id == id }]
            case .node(let id):
                [graph.edges.filter { $0.server == id }, graph.edges.filter { $0.client == id }]
            case .view: [graph.edges]
            }
        let middle = graph.window.start + step
        return groups.map { edges in
            guard !edges.isEmpty else { return Series(window: graph.window, stepNanoseconds: step) }
            let all = Figures(of: edges, observedSeconds: edges.first?.observedSeconds ?? 0)
            return Series(
                window: graph.window,
                stepNanoseconds: step,
                points: [
                    .init(window: Window(start: graph.window.start, end: middle), figures: Figures()),
                    .init(window: Window(start: middle, end: graph.window.end), figures: all),
                ]
            )
        }
    }

    /// One step, with everything.
    func frames(of request: GraphQuery, stepNanoseconds: Int64?) async throws -> Frames {
        asked.withLock { $0.append(request) }
        let graph = try answer(request).graph
        let cells = graph.edges.enumerated().map { Frames.Cell(edge: $0, $1, policy: graph.health) }
        return Frames(
            window: graph.window,
            stepNanoseconds: stepNanoseconds ?? graph.window.end - graph.window.start,
            edges: graph.edges.map(\.id),
            frames: [
                Frames.Frame(window: graph.window, observedSeconds: graph.observedSeconds, cells: cells)
            ]
        )
    }

    /// Of a pod that had the address of another one before.
    func detail(ofNode id: String, in request: GraphQuery) async throws -> NodeDetail {
        asked.withLock { $0.append(request) }
        return ScriptedInventory.detail
    }

    /// Of nothing with everything.
    func diff(_ parameters: DiffParameters) async throws -> GraphDiff {
        asked.withLock { $0.append(parameters.graph) }
        let graph = try answer(parameters.graph).graph
        return GraphDiff(
            base: ServiceGraph(window: graph.window, observedSeconds: 10, level: graph.level),
            current: graph,
            edges: Set(graph.edges.map(\.id)),
            nodes: Set(graph.nodes.map(\.id))
        )
    }
}

/// Pictures by script, counted.
final class ScriptedPictures: PictureSource {
    static let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"

    private let count = Mutex(0)
    private let fails: Bool

    init(fails: Bool = false) {
        self.fails = fails
    }

    private let asked = Mutex<[(options: LayoutOptions, keep: String?)]>([])

    /// How pictures were asked for.
    var layouts: [(options: LayoutOptions, keep: String?)] { asked.withLock { $0 } }

    var drawn: Int { count.withLock { $0 } }

    func svg(_ graph: ServiceGraph, options: LayoutOptions, keep: String?) async throws -> String {
        asked.withLock { $0.append((options, keep)) }
        count.withLock { $0 += 1 }
        // Lets the others who want the same picture arrive.
        for _ in 0..<20 { await Task.yield() }
        if fails { throw ScriptedGraphs.Failure() }
        return Self.svg
    }

    func converted(
        _ graph: ServiceGraph,
        options: LayoutOptions,
        keep: String?,
        to format: PictureConversion.Format
    ) async throws -> [UInt8] {
        if fails { throw ScriptedGraphs.Failure() }
        return Array(format.rawValue.utf8)
    }

    func places(_ graph: ServiceGraph) async throws -> [String: Layout.Point] {
        count.withLock { $0 += 1 }
        if fails { throw ScriptedGraphs.Failure() }
        return Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, Layout.Point(x: 10, y: 20.5)) })
    }
}

/// The application over scripted sources, with a clock that stands still.
enum ScriptedServer {
    static let now = Timestamp(rfc3339: "2026-11-22T10:00:00Z") ?? Timestamp(nanoseconds: 0)

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Any free port, and patience.
    ///
    /// A client waits for its turn on a busy machine, and that of the tests does not connect again.
    static var listening: ServerBuilder.Configuration {
        var configuration = ServerBuilder.Configuration()
        configuration.port = 0
        configuration.idleTimeout = .seconds(3_600)
        return configuration
    }

    static func application(
        graphs: any GraphSource = ScriptedGraphs.shop(),
        pictures: any PictureSource = ScriptedPictures(),
        configuration: ServerBuilder.Configuration = ServerBuilder.Configuration()
    ) throws -> Application<RouterResponder<BasicRequestContext>> {
        try ServerBuilder.application(
            configuration: configuration,
            graphs: graphs,
            pictures: pictures,
            logger: quiet,
            now: { now }
        )
    }

    /// Sends one request to the router and hands its response over.
    static func response(
        _ uri: String,
        method: HTTPRequest.Method = .get,
        headers: HTTPFields = [:],
        body: String? = nil,
        graphs: any GraphSource = ScriptedGraphs.shop(),
        pictures: any PictureSource = ScriptedPictures(),
        configuration: ServerBuilder.Configuration = ServerBuilder.Configuration()
    ) async throws -> TestResponse {
        let application = try application(graphs: graphs, pictures: pictures, configuration: configuration)
        return try await application.test(.router) { client in
            try await client.execute(
                uri: uri,
                method: method,
                headers: headers,
                body: body.map(ByteBuffer.init(string:))
            )
        }
    }
}

/// A problem document, as clients see it.
struct ProblemBody: Decodable {
    var type: String
    var title: String
    var status: Int
    var detail: String
    var parameter: String?
    var suggestion: String?
    var nodes: Int?
    var edges: Int?
    var maximumNodes: Int?
    var maximumEdges: Int?
    var offset: Int?
    var length: Int?
}

extension TestResponse {
    /// The body as a problem document; the test fails where it is none.
    func problem() throws -> ProblemBody {
        #expect(headers[.contentType] == "application/problem+json")
        let problem = try JSONDecoder().decode(ProblemBody.self, from: Data(body.readableBytesView))
        #expect(problem.status == status.code)
        return problem
    }

    var text: String { String(buffer: body) }
}
