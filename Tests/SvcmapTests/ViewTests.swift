// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

/// Parts of the map of the example cluster.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Views on the command line` {
    private let app = "workload/demo/Deployment/app"

    private func graph(_ options: [String]) throws -> (graph: GraphDocument, errors: String) {
        let run = try ExampleCluster.export(["--json"] + options)
        #expect(run.status == 0, "\(run.errors)")
        return (try GraphDocument(run.output), run.errors)
    }

    @Test func `a filter keeps what the whole graph says of it`() throws {
        let whole = try graph([]).graph
        let (part, errors) = try graph(["--filter", "edge.errorRate > 0.01 && server.namespace == 'demo'"])
        let demo = Set(whole.nodes.map(\.id).filter { $0.contains("/demo/") })
        let failed = whole.edges.filter { edge in
            let failures = edge.protocols.reduce(0) { sum, one in
                sum + one.outcomes.serverError + one.outcomes.unanswered.serverClosed
                    + one.outcomes.unanswered.timedOut
            }
            return edge.requests > 0 && demo.contains(edge.server) && failures * 100 > edge.requests
        }
        #expect(!failed.isEmpty && failed.count < whole.edges.count)
        #expect(part.edges.map(\.id) == failed.map(\.id))
        #expect(part.omitted?.edges == whole.edges.count - failed.count)
        #expect(part.omitted?.nodes == whole.nodes.count - part.nodes.count)
        #expect(errors.contains("\(failed.count) of \(whole.edges.count) edges"))
        #expect(errors.contains("has no value for") == ((part.omitted?.absent ?? 0) > 0))
    }

    @Test func `details are left out where they are not asked for`() throws {
        let whole = String(decoding: try ExampleCluster.export(["--json"]).output, as: UTF8.self)
        let bare = String(
            decoding: try ExampleCluster.export(["--json", "--include", "none"]).output,
            as: UTF8.self
        )
        #expect(whole.contains("\"buckets\"") && whole.contains("\"operations\""))
        #expect(!bare.contains("\"buckets\"") && !bare.contains("\"operations\""))
        #expect(bare.utf8.count * 2 < whole.utf8.count)
        let refused = try ExampleCluster.export(["--json", "--include", "everything"])
        #expect(refused.status == 2 && refused.errors.contains("--include must be buckets, operations"))
    }

    @Test func `what is hidden is what a filter would keep, and the rest stays`() throws {
        let text = "edge.errorRate > 0.01"
        let whole = try graph([]).graph
        let kept = try graph(["--filter", text]).graph
        let (rest, errors) = try graph(["--hide", text])
        #expect(!kept.edges.isEmpty && !rest.edges.isEmpty)
        #expect((kept.edges + rest.edges).map(\.id).sorted() == whole.edges.map(\.id).sorted())
        let silent = whole.edges.filter { $0.requests == 0 }.count
        #expect(silent > 0 && rest.omitted?.undecided == silent)
        #expect(errors.contains("no answer for \(silent) edges, which stay"))
    }

    @Test func `a focus keeps the neighbours`() throws {
        let whole = try graph([]).graph
        let (one, _) = try graph(["--focus", app])
        #expect(one.edges.map(\.id) == whole.edges.filter { $0.client == app || $0.server == app }.map(\.id))
        let near = Set(one.nodes.map(\.id))
        let (two, _) = try graph(["--focus", app, "--depth", "2"])
        #expect(
            two.edges.map(\.id)
                == whole.edges.filter { near.contains($0.client) || near.contains($0.server) }.map(\.id)
        )
        let (none, errors) = try graph(["--focus", "pod/demo/nobody"])
        #expect(none.edges.isEmpty && errors.contains("there is no node pod/demo/nobody"))
    }

    @Test func `top keeps the busiest and what is failing`() throws {
        let whole = try graph([]).graph
        let (top, _) = try graph(["--top", "3"])
        let busiest = whole.edges.sorted { $0.requests > $1.requests }.prefix(3).map(\.id)
        let failing = whole.edges.filter { $0.health == "failing" }.map(\.id)
        #expect(Set(top.edges.map(\.id)) == Set(busiest + failing))
    }

    @Test func `a mistake is shown below the expression`() throws {
        let run = try ExampleCluster.export(["--json", "--filter", "edge.port == 80 && edge.eror > 0"])
        #expect(run.status == 2 && run.output.isEmpty)
        let lines = run.errors.split(separator: "\n").map(String.init)
        #expect(lines.count >= 3, "\(run.errors)")
        #expect(lines[0] == "svcmap: --filter: there is no field edge.eror")
        #expect(lines[1] == "  edge.port == 80 && edge.eror > 0")
        #expect(lines[2] == "                     ^^^^^^^^^")
    }

    @Test(arguments: [
        (["--filter", ""], "--filter"), (["--filter", "edge.port"], "--filter"),
        (["--hide", "edge.port"], "--hide"), (["--depth", "2"], "--depth"),
        (["--focus", "internet", "--depth", "0"], "--depth"), (["--top", "0"], "--top"),
        (["--filter", "edge.port == 80 && \u{1B}[31m"], "--filter"),
    ])
    func `what is none is refused with code 2 and a line`(options: [String], blamed: String) throws {
        let run = try ExampleCluster.export(["--json"] + options)
        #expect(run.status == 2 && run.output.isEmpty)
        #expect(run.errors.contains(blamed) && !run.errors.contains("\u{1B}"))
    }
}
