// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
import Server
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Overview and health routes` {
    private struct Overview: Decodable {
        struct Reporter: Decodable {
            var id: String
            var name: String
        }
        var version: Int
        var from: String?
        var to: String?
        var levels: [String]
        var namespaces: [String]
        var reporters: [Reporter]
    }

    @Test func `tell what the store holds`() async throws {
        let response = try await ScriptedServer.response("/api/v1/overview")
        let overview = try JSONDecoder().decode(Overview.self, from: Data(response.body.readableBytesView))
        #expect(overview.version == 1)
        #expect(overview.from == "2026-11-22T09:09:10Z")
        #expect(overview.to == "2026-11-22T09:10:20Z")
        #expect(overview.levels == ["pod", "workload", "service", "namespace", "node"])
        #expect(overview.namespaces == ["default", "demo", "kube-system"])
        #expect(overview.reporters.map(\.name) == ["demo.pcap"])
    }

    @Test func `tell of an empty store by leaving the range out`() async throws {
        let response = try await ScriptedServer.response("/api/v1/overview", graphs: ScriptedGraphs.empty())
        let overview = try JSONDecoder().decode(Overview.self, from: Data(response.body.readableBytesView))
        #expect(overview.from == nil && overview.to == nil)
        #expect(overview.namespaces.isEmpty && overview.reporters.isEmpty)
    }

    @Test func `take no parameters`() async throws {
        let response = try await ScriptedServer.response("/api/v1/overview?level=pod")
        #expect(try response.problem().parameter == "level")
    }

    @Test func `live without a store and are ready only with one`() async throws {
        let failing = ScriptedGraphs.failing()
        #expect(try await ScriptedServer.response("/healthz", graphs: failing).text == "ok\n")
        #expect(try await ScriptedServer.response("/readyz", graphs: failing).status.code >= 500)
        #expect(try await ScriptedServer.response("/readyz").text == "ready\n")
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Static routes` {
    @Test func `serve the page at the root and below`() async throws {
        let root = try await ScriptedServer.response("/")
        let index = try await ScriptedServer.response("/index.html")
        #expect(root.status == .ok)
        #expect(root.headers[.contentType] == "text/html; charset=utf-8")
        #expect(root.text == index.text)
        #expect(root.text.contains("<title>svcmap</title>"))
        let script = try await ScriptedServer.response("/js/main.js")
        #expect(script.headers[.contentType] == "text/javascript; charset=utf-8")
        let tag = try #require(script.headers[.eTag])
        let again = try await ScriptedServer.response("/js/main.js", headers: [.ifNoneMatch: tag])
        #expect(again.status == .notModified)
    }

    @Test(arguments: [
        "/nothing.html", "/api/v1/nothing", "/api/v2/graph", "/js/", "/js", "/../Package.swift",
        "/..%2fPackage.swift",
        "/%00", "/index.html%00", "/js/../index.html", "/api/v1/graph.gif", "//js//main.js",
    ])
    func `answer 404 to everything else`(uri: String) async throws {
        let response = try await ScriptedServer.response(uri)
        #expect(try response.problem().status == 404)
    }
}
