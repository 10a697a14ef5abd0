// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import TestKit
import Testing

@Suite struct `Views of a graph` {
    private static func chain(_ count: Int) -> ServiceGraph {
        let nodes = (0..<count).map {
            Node(id: "ip/\($0)", kind: .ip, name: "\($0)", identifiedBy: .nothing)
        }
        let edges = (1..<count).map { index in
            // Every second edge points back, so that direction would matter.
            let ends = index % 2 == 0 ? (index - 1, index) : (index, index - 1)
            return Edge(
                client: "ip/\(ends.0)",
                server: "ip/\(ends.1)",
                port: UInt16(index),
                transport: .tcp,
                direction: .observed
            )
        }
        return ServiceGraph(window: ShopGraph.window, level: .workload, nodes: nodes, edges: edges)
    }

    @Test func `a filter keeps the edges that match, and their ends`() throws {
        let graph = ShopGraph.make()
        let view = try graph.filtered(EdgeFilter("edge.transport == 'udp'"))
        #expect(Scene.names(view) == ["app->coredns:53", "client->coredns:53"])
        #expect(view.nodes.map(\.name) == ["app", "client", "coredns"])
        #expect(view.omitted.edges == graph.edges.count - 2)
        #expect(view.omitted.nodes == graph.nodes.count - 3)
        #expect(view.omitted.absent == 0)
        #expect(view.coverage == graph.coverage && view.window == graph.window)
    }

    @Test func `a filter that reads an absent value does not match, and says how often`() throws {
        let graph = ShopGraph.make()
        let silent = graph.edges.filter { $0.requests == 0 }.count
        #expect(silent == 3)
        let above = try graph.filtered(EdgeFilter("edge.errorRate > 0.05"))
        let below = try graph.filtered(EdgeFilter("!(edge.errorRate > 0.05)"))
        #expect(above.edges.count + below.edges.count + silent == graph.edges.count)
        #expect(above.omitted.absent == silent && below.omitted.absent == silent)
        // What decides without the absent value makes it good, on either side.
        for text in [
            "edge.errorRate > 0.05 || edge.port == 1234", "edge.port == 1234 || edge.errorRate > 0.05",
        ] {
            let either = try graph.filtered(EdgeFilter(text))
            #expect(Scene.names(either) == ["client->redis:1234", "nginx->app:8000"])
            #expect(either.omitted.absent == silent - 1)
        }
        let known = try graph.filtered(EdgeFilter("has(edge.errorRate) && edge.errorRate > 0.05"))
        #expect(known.omitted.absent == 0 && known.edges == above.edges)
    }

    @Test func `a filter that has no answer does not match, and says how often`() throws {
        let graph = ShopGraph.make()
        let view = try graph.filtered(EdgeFilter("1000 / edge.requests < 3"))
        #expect(Scene.names(view) == ["client->nginx:80", "internet->nginx:80", "nginx->app:8000"])
        #expect(view.omitted.failed == 3 && view.omitted.absent == 0)
    }

    @Test func `a filter of everything is the graph`() throws {
        let graph = ShopGraph.make()
        #expect(try graph.filtered(EdgeFilter("true")) == graph)
        #expect(try GraphQuery().view(of: graph) == graph)
    }

    @Test func `what is hidden leaves what it does not match, and what it has no answer for`() throws {
        let graph = ShopGraph.make()
        let dns = try graph.hiding(EdgeFilter("edge.protocol == 'dns'"))
        #expect(dns.edges == graph.edges.filter { $0.busiestProtocol != .dns })
        #expect(dns.omitted.edges == graph.edges.count - dns.edges.count && dns.omitted.edges > 0)
        #expect(
            dns.nodes.allSatisfy { node in
                dns.edges.contains { $0.client == node.id || $0.server == node.id }
            }
        )
        let failing = try graph.hiding(EdgeFilter("edge.errorRate > 0.05"))
        #expect(failing.omitted.edges == 1 && failing.omitted.undecided == 3)
        #expect(try graph.hiding(EdgeFilter("1000 / edge.requests < 3")).omitted.undecided == 3)
        #expect(try graph.hiding(EdgeFilter("true")).edges.isEmpty)
        let nothing = try graph.hiding(EdgeFilter("false"))
        #expect(nothing == graph && nothing.omitted.isNothing)
    }

    @Test func `what is found is among what is left, and nothing is left out for it`() throws {
        let graph = ShopGraph.make()
        let query = GraphQuery(
            hide: try EdgeFilter("edge.transport == 'udp'"),
            find: try EdgeFilter("edge.port == 80 || edge.port == 53")
        )
        let view = try query.view(of: graph)
        let tcp = graph.edges.filter { $0.transport == .tcp }
        #expect(view.edges == tcp)
        let found = try #require(view.found)
        #expect(found.edges == tcp.filter { $0.port == 80 }.map(\.id) && !found.edges.isEmpty)
        let ends = Set(tcp.filter { $0.port == 80 }.flatMap { [$0.client, $0.server] })
        #expect(found.nodes == ends.sorted())
        let failing = try #require(
            GraphQuery(find: EdgeFilter("edge.errorRate > 0.05")).view(of: graph).found
        )
        #expect(failing.edges.count == 1 && failing.absent == 3 && failing.failed == 0)
        let large = try #require(
            GraphQuery(find: EdgeFilter("1000 / edge.requests < 3")).view(of: graph).found
        )
        #expect(large.failed == 3)
        #expect(GraphQuery().whole == query.whole && GraphQuery() != query)
    }

    @Test(arguments: 1...9)
    func `focus goes so many steps both ways`(depth: Int) {
        let view = Self.chain(20).focused(on: "ip/8", depth: depth)
        let first = max(0, 8 - depth)
        let last = min(19, 8 + depth)
        #expect(view.edges.map { Int($0.port) }.sorted() == Array(first + 1...last))
        #expect(view.nodes.count == last - first + 1)
        #expect(view.omitted.edges == 19 - view.edges.count)
        #expect(view.omitted.nodes == 20 - view.nodes.count)
    }

    @Test func `focus on a node that is not there shows nothing, and counts all`() {
        let view = Self.chain(5).focused(on: "ip/99", depth: 3)
        #expect(view.edges.isEmpty && view.nodes.isEmpty)
        #expect(view.omitted.edges == 4 && view.omitted.nodes == 5)
    }

    @Test func `top keeps the busiest, and every edge that is failing`() throws {
        let graph = ShopGraph.make()
        let failing = graph.edges.filter { graph.health.health(of: $0) == .failing }
        #expect(!failing.isEmpty)
        for count in 1...graph.edges.count {
            let view = graph.top(count)
            let quietest = graph.edges.map(\.requests).sorted(by: >)[count - 1]
            #expect(view.edges.count >= count && view.edges.count <= count + failing.count)
            let busy = graph.edges.filter { $0.requests > quietest }
            #expect(busy.allSatisfy(view.edges.contains) && failing.allSatisfy(view.edges.contains))
            #expect(view.omitted.edges == graph.edges.count - view.edges.count)
        }
        #expect(Scene.names(graph.top(1)).contains("internet->nginx:80"))
        // Without requests, bytes decide.
        let silent = try graph.filtered(EdgeFilter("edge.requests == 0 && edge.health != 'failing'"))
        #expect(Scene.names(silent.top(1)) == ["coredns->kubernetes:443"])
    }

    @Test func `are applied in turn, and count together`() throws {
        let graph = ShopGraph.make()
        let query = GraphQuery(
            filter: try EdgeFilter("edge.transport == 'tcp'"),
            focus: GraphQuery.Focus(node: "workload/demo/Deployment/app"),
            top: 2
        )
        let view = try query.view(of: graph)
        let byHand = try graph.filtered(EdgeFilter("edge.transport == 'tcp'"))
            .focused(on: "workload/demo/Deployment/app", depth: 1).top(2)
        #expect(view == byHand)
        #expect(view.omitted.edges == graph.edges.count - view.edges.count)
        #expect(view.omitted.nodes == graph.nodes.count - view.nodes.count)
        #expect(Scene.names(view).contains("nginx->app:8000"))
        #expect(Scene.names(view).contains("app->redis:6379"))
    }

    @Test func `are the same query however the filter is written`() throws {
        let left = GraphQuery(filter: try EdgeFilter("edge.port==80 // the web"))
        let right = GraphQuery(filter: try EdgeFilter("(edge.port) == 80"))
        #expect(left == right && left.hashValue == right.hashValue)
        #expect(try left != GraphQuery(filter: EdgeFilter("edge.port == 81")))
    }
}
