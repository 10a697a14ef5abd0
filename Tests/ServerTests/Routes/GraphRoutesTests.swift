// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Render
import Server
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Graph routes` {
    @Test(
        arguments: [
            ("/api/v1/graph.json", nil, "application/json"),
            ("/api/v1/graph.dot", nil, "text/vnd.graphviz; charset=utf-8"),
            ("/api/v1/graph.svg", nil, "image/svg+xml; charset=utf-8"),
            ("/api/v1/graph.csv", nil, "text/csv; charset=utf-8; header=present"),
            ("/api/v1/graph.mmd", nil, "text/vnd.mermaid; charset=utf-8"),
            ("/api/v1/graph.graphml", nil, "application/graphml+xml; charset=utf-8"),
            ("/api/v1/graph", nil, "application/json"),
            ("/api/v1/graph", "text/csv", "text/csv; charset=utf-8; header=present"),
            ("/api/v1/graph", "text/vnd.graphviz", "text/vnd.graphviz; charset=utf-8"),
            ("/api/v1/graph", "image/svg+xml, */*;q=0.1", "image/svg+xml; charset=utf-8"),
            ("/api/v1/graph.json", "image/svg+xml", "application/json"),
        ] as [(String, String?, String)]
    )
    func `answer by suffix or by Accept`(uri: String, accept: String?, type: String) async throws {
        let headers: HTTPFields = accept.map { [.accept: $0] } ?? [:]
        let response = try await ScriptedServer.response(uri, headers: headers)
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == type)
        #expect(response.headers[.cacheControl] == "no-cache")
        #expect(response.headers[.vary] == (uri.contains(".") ? "" : "accept, ") + "accept-encoding")
    }

    @Test func `serve what the renderers write`() async throws {
        let graph = ShopGraph.make()
        #expect(try await ScriptedServer.response("/api/v1/graph").text == GraphJSON.encode(graph))
        #expect(try await ScriptedServer.response("/api/v1/graph.dot").text == DOTWriter.write(graph))
        #expect(try await ScriptedServer.response("/api/v1/graph.svg").text == ScriptedPictures.svg)
        #expect(try await ScriptedServer.response("/api/v1/graph.csv").text == CSVWriter.write(graph))
        #expect(try await ScriptedServer.response("/api/v1/graph.mmd").text == MermaidWriter.write(graph))
        #expect(try await ScriptedServer.response("/api/v1/graph.graphml").text == GraphMLWriter.write(graph))
    }

    @Test func `pass the question on`() async throws {
        let graphs = ScriptedGraphs.shop()
        let uri = "/api/v1/graph.json?from=now-15m&level=service&namespace=demo"
        #expect(try await ScriptedServer.response(uri, graphs: graphs).status == .ok)
        let from = ScriptedServer.now + -900_000_000_000
        let expected = GraphQuery(
            range: .between(from: from, to: nil),
            level: .service,
            namespaces: ["demo"]
        )
        #expect(graphs.requests == [expected])
    }

    @Test func `refuse a bad parameter before they read the store`() async throws {
        let graphs = ScriptedGraphs.shop()
        let response = try await ScriptedServer.response("/api/v1/graph?level=moon", graphs: graphs)
        let problem = try response.problem()
        #expect(problem.status == 400)
        #expect(problem.parameter == "level")
        #expect(problem.type == "urn:svcmap:problem:bad-parameter")
        #expect(graphs.requests.isEmpty)
    }

    @Test func `look for edges in JSON alone`() async throws {
        let graphs = ScriptedGraphs.shop()
        for format in ["json", "svg", "csv"] {
            let uri = "/api/v1/graph.\(format)?find=edge.port%20%3D%3D%2080"
            #expect(try await ScriptedServer.response(uri, graphs: graphs).status == .ok)
        }
        #expect(graphs.requests.map { $0.find?.text } == ["edge.port == 80", nil, nil])
    }

    @Test func `point at the mistake in a filter before they read the store`() async throws {
        let graphs = ScriptedGraphs.shop()
        let uri = "/api/v1/graph?filter=edge.port%20%3D%3D%2080%20%26%26%20edge.latency%20%3E%201"
        let problem = try await ScriptedServer.response(uri, graphs: graphs).problem()
        #expect(problem.status == 400 && problem.parameter == "filter")
        #expect(problem.type == "urn:svcmap:problem:bad-parameter")
        #expect(problem.offset == 19 && problem.length == 12)
        #expect(problem.suggestion?.contains("p99") == true)
        #expect(graphs.requests.isEmpty)
    }

    @Test func `answer 406 with what there is`() async throws {
        let response = try await ScriptedServer.response("/api/v1/graph", headers: [.accept: "text/html"])
        let problem = try response.problem()
        #expect(problem.status == 406)
        #expect(problem.detail.contains("image/svg+xml"))
    }

    @Test(arguments: ["json", "dot", "svg", "png", "pdf", "csv", "mmd", "graphml"])
    func `answer 304 to who has it already`(format: String) async throws {
        try await ScriptedServer.application().test(.router) { client in
            let uri = "/api/v1/graph.\(format)"
            let first = try await client.execute(uri: uri, method: .get)
            let tag = try #require(first.headers[.eTag])
            for known in [tag, "\"other\", W/\(tag)", "*"] {
                let second = try await client.execute(uri: uri, method: .get, headers: [.ifNoneMatch: known])
                #expect(second.status == .notModified)
                #expect(second.headers[.eTag] == tag)
                #expect(second.headers[.contentLength] == nil)
                #expect(second.body.readableBytes == 0)
            }
            let third = try await client.execute(uri: uri, method: .get, headers: [.ifNoneMatch: "\"x\""])
            #expect(third.status == .ok)
        }
    }

    @Test func `answer HEAD with the length of the body they leave out`() async throws {
        let get = try await ScriptedServer.response("/api/v1/graph.json")
        let head = try await ScriptedServer.response("/api/v1/graph.json", method: .head)
        #expect(head.status == .ok)
        #expect(head.body.readableBytes == 0)
        #expect(head.headers[.contentLength] == String(get.body.readableBytes))
        #expect(head.headers[.eTag] == get.headers[.eTag])
    }

    @Test func `refuse to draw what is too large, with counts and a way out`() async throws {
        let graphs = ScriptedGraphs { _ in
            let nodes = (0...2_000).map {
                Node(id: "ip/\($0)", kind: .ip, name: "\($0)", identifiedBy: .nothing)
            }
            let graph = ServiceGraph(window: ShopGraph.window, level: .pod, nodes: nodes)
            return GraphSnapshot(graph: graph, stored: ShopGraph.window, reporters: [])
        }
        let pictures = ScriptedPictures()
        let response = try await ScriptedServer.response(
            "/api/v1/graph.svg",
            graphs: graphs,
            pictures: pictures
        )
        let problem = try response.problem()
        #expect(problem.status == 422)
        #expect(problem.type == "urn:svcmap:problem:graph-too-large")
        #expect(problem.nodes == 2_001 && problem.edges == 0)
        #expect(problem.maximumNodes == 2_000)
        #expect(problem.suggestion?.isEmpty == false)
        #expect(pictures.drawn == 0)
        #expect(try await ScriptedServer.response("/api/v1/graph.json", graphs: graphs).status == .ok)
    }

    @Test func `answer with counts where there are more edges than somebody can take`() async throws {
        let edges = ShopGraph.make().edges.count
        let refused = try await ScriptedServer.response("/api/v1/graph?maximumEdges=\(edges - 1)")
        let problem = try refused.problem()
        #expect(problem.status == 422 && problem.type == "urn:svcmap:problem:graph-too-large")
        #expect(problem.edges == edges && problem.maximumEdges == edges - 1 && problem.maximumNodes == nil)
        let whole = try await ScriptedServer.response("/api/v1/graph?maximumEdges=\(edges)")
        #expect(try await whole.text == ScriptedServer.response("/api/v1/graph").text)
    }

    @Test func `tell details that are asked for`() async throws {
        let graph = ShopGraph.make()
        for (words, details) in [
            ("none", [] as Set<GraphDetail>), ("operations", [.operations]), ("buckets,operations", .all),
        ] {
            let response = try await ScriptedServer.response("/api/v1/graph?include=\(words)")
            #expect(response.text == GraphJSON.encode(graph, details: details))
        }
        for words in ["", "all", "none,buckets", "buckets,", "Buckets"] {
            let refused = try await ScriptedServer.response("/api/v1/graph?include=\(words)")
            #expect(try refused.problem().parameter == "include", "\(words)")
        }
        let pictures = ScriptedPictures()
        let first = try await ScriptedServer.response("/api/v1/graph.svg?include=none", pictures: pictures)
        #expect(first.status == .ok)
    }

    @Test func `draw a picture once however many ask`() async throws {
        let pictures = ScriptedPictures()
        try await ScriptedServer.application(pictures: pictures).test(.router) { client in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<16 {
                    group.addTask { try await client.execute(uri: "/api/v1/graph.svg", method: .get).text }
                }
                for try await text in group { #expect(text == ScriptedPictures.svg) }
            }
        }
        #expect(pictures.drawn == 1)
    }

    @Test func `hand on how a picture is to be arranged`() async throws {
        let pictures = ScriptedPictures()
        let uri = "/api/v1/graph.svg?layout=radial&boxes=none&hubs=show&keep=0123456789abcdef"
        _ = try await ScriptedServer.response(uri, pictures: pictures)
        let asked = try #require(pictures.layouts.first)
        #expect(asked.options == LayoutOptions(kind: .radial, boxes: .none, hubs: .show))
        #expect(asked.keep == "0123456789abcdef")
    }

    @Test(arguments: [("svg", "app"), ("json", "app"), ("csv", nil)] as [(String, String?)])
    func `ask for the label that boxes are by where it is shown`(format: String, label: String?) async throws
    {
        let graphs = ScriptedGraphs { query in
            #expect(query.boxLabel == label)
            return ScriptedGraphs.shopSnapshot()
        }
        let pictures = ScriptedPictures()
        let uri = "/api/v1/graph.\(format)?boxes=label:app"
        #expect(try await ScriptedServer.response(uri, graphs: graphs, pictures: pictures).status == .ok)
        if format == "svg" { #expect(pictures.layouts.first?.options.boxes == .label(key: "app")) }
    }

    @Test(arguments: [
        "layout=round", "boxes=label:", "boxes=label:a%20b", "boxes=pod", "hubs=hide", "keep=x",
        "keep=0123456789abcdeg",
    ])
    func `refuse to arrange what nobody can`(query: String) async throws {
        let problem = try await ScriptedServer.response("/api/v1/graph.svg?\(query)").problem()
        #expect(problem.status == 400)
        #expect(problem.parameter == query.split(separator: "=").first.map(String.init))
    }

    @Test func `serve PNG and PDF, each once`() async throws {
        for (format, type) in [("png", "image/png"), ("pdf", "application/pdf")] {
            let response = try await ScriptedServer.response("/api/v1/graph.\(format)")
            #expect(response.headers[.contentType] == type)
            #expect(response.text == format)
        }
    }

    @Test func `say that a picture failed, to all who waited, and try again later`() async throws {
        let pictures = ScriptedPictures(fails: true)
        try await ScriptedServer.application(pictures: pictures).test(.router) { client in
            for attempt in 1...2 {
                let response = try await client.execute(uri: "/api/v1/graph.svg", method: .get)
                #expect(try response.problem().type == "urn:svcmap:problem:picture-failed")
                #expect(response.status == .serviceUnavailable)
                #expect(pictures.drawn == attempt)
            }
        }
    }
}
