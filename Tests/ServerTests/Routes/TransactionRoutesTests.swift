// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import Hummingbird
import HummingbirdTesting
import Server
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct `Transactions over HTTP` {
    private struct Page: Decodable {
        struct Entry: Decodable {
            var edge: String
            var at: String
            var `protocol`: String
            var operation: String
            var outcome: String
            var status: String?
            var requestEnd: Double
            var responseStart: Double?
            var responseEnd: Double?
            var ended: Double
            var requestBytes: Int?
            var responseBytes: Int?
            var serverName: String?
            var requestHeaders: [Field]?
            var responseHeaders: [Field]?
        }

        struct Field: Decodable, Equatable {
            var name: String
            var value: String
        }

        var version: Int
        var edge: String?
        var from: String
        var to: String
        var total: Int
        var offset: Int
        var next: Int?
        var transactions: [Entry]
    }

    private static let path = "/api/v1/transactions?edge=a-%3Eb:80/tcp"

    private func page(_ uri: String) async throws -> Page {
        let response = try await ScriptedServer.response(uri)
        #expect(response.status == .ok)
        #expect(response.headers[.contentType] == "application/json")
        return try JSONDecoder().decode(Page.self, from: Data(response.body.readableBytesView))
    }

    @Test func `tell what, when, how long and how it ended`() async throws {
        let page = try await page(Self.path)
        #expect(page.version == 1 && page.edge == "a->b:80/tcp")
        #expect(page.from == "2026-11-22T09:09:10Z" && page.to == "2026-11-22T09:10:20Z")
        #expect(page.total == 4 && page.offset == 0 && page.next == nil)
        let slow = try #require(page.transactions.first { $0.outcome == "serverError" })
        #expect(slow.at == "2026-11-22T09:10:16Z")
        #expect(slow.protocol == "http" && slow.operation == "GET /items/{id}" && slow.status == "500")
        #expect(slow.requestEnd == 0.00012 && slow.responseStart == 0.06 && slow.responseEnd == 0.061)
        #expect(slow.requestBytes == 312 && slow.responseBytes == 5_120 && slow.serverName == "nginx.demo")
        let unanswered = try #require(page.transactions.first { $0.outcome == "timedOut" })
        #expect(unanswered.status == nil && unanswered.responseStart == nil && unanswered.responseEnd == nil)
        #expect(unanswered.ended == 60)
    }

    @Test func `have the header fields that were asked for, whatever these say`() async throws {
        let entries = try await page(Self.path).transactions
        let slow = try #require(entries.first { $0.outcome == "serverError" })
        func fields(_ side: HeaderField.Side) -> [Page.Field] {
            ShopGraph.fields.filter { $0.side == side }.map { .init(name: $0.name, value: $0.value) }
        }
        #expect(slow.requestHeaders == fields(.request) && slow.responseHeaders == fields(.response))
        #expect(slow.requestHeaders?.first?.value == "<img src=x onerror=alert(1)>")
        #expect(
            entries.filter { $0.outcome != "serverError" }
                .allSatisfy { $0.requestHeaders == nil && $0.responseHeaders == nil }
        )
        // Nothing a browser would take for a document, whoever opens it.
        let response = try await ScriptedServer.response(Self.path)
        #expect(response.headers[.contentType] == "application/json")
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
    }

    @Test func `come page by page`() async throws {
        let whole = try await page(Self.path).transactions.map(\.at)
        var found: [String] = []
        var offset: Int? = 0
        while let next = offset {
            let page = try await page(Self.path + "&limit=3&offset=\(next)")
            #expect(page.total == 4 && page.offset == next && page.transactions.count <= 3)
            found += page.transactions.map(\.at)
            offset = page.next
        }
        #expect(found == whole)
        #expect(try await page(Self.path + "&offset=4").transactions.isEmpty)
    }

    @Test func `of a view say which edge they are of`() async throws {
        let page = try await page("/api/v1/transactions?limit=2")
        #expect(page.edge == nil && page.total == 4 && page.transactions.count == 2 && page.next == 2)
        #expect(page.transactions.allSatisfy { $0.edge == "a->b:80/tcp" })
    }

    @Test(arguments: [
        ("outcome=timedOut", 1), ("outcome=failed", 2), ("protocol=http", 4), ("protocol=dns", 0),
        ("operation=GET%20/items/%7Bid%7D&outcome=serverError", 1), ("operation=none", 0),
    ])
    func `can be chosen by what they are`(query: String, count: Int) async throws {
        #expect(try await page("/api/v1/transactions?" + query).total == count)
    }

    @Test func `are those of the graph that was asked for`() async throws {
        let graphs = ScriptedGraphs.shop()
        _ = try await ScriptedServer.response(
            Self.path + "&level=pod&window=90s&namespace=demo",
            graphs: graphs
        )
        let asked = GraphQuery(
            range: .last(nanoseconds: 90_000_000_000),
            level: .pod,
            namespaces: ["demo"]
        )
        #expect(graphs.requests == [asked])
    }

    @Test func `are not sent again to who has them`() async throws {
        let first = try await ScriptedServer.response(Self.path)
        let tag = try #require(first.headers[.eTag])
        let again = try await ScriptedServer.response(Self.path, headers: [.ifNoneMatch: tag])
        #expect(again.status == .notModified)
    }

    @Test(arguments: [
        ("edge=", "edge"), ("protocol=ftp", "protocol"), ("outcome=bad", "outcome"),
        ("operation=", "operation"), ("outcome=ok&outcome=ok", "outcome"), ("edge=a&edge=b", "edge"),
        ("edge=a&limit=0", "limit"),
        ("edge=a&limit=1001", "limit"), ("edge=a&limit=ten", "limit"), ("edge=a&offset=-1", "offset"),
        ("edge=a&offset=1000001", "offset"), ("edge=a&level=all", "level"), ("edge=a&page=2", "page"),
    ])
    func `are refused by the name of what is wrong`(query: String, parameter: String) async throws {
        let response = try await ScriptedServer.response("/api/v1/transactions?" + query)
        #expect(response.status == .badRequest)
        #expect(try response.problem().parameter == parameter)
    }

    @Test func `of a store that cannot be read are a problem`() async throws {
        let response = try await ScriptedServer.response(Self.path, graphs: ScriptedGraphs.failing())
        #expect(response.status.code >= 500)
    }
}
