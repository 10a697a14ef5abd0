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

@Suite(.timeLimit(.minutes(5))) struct `The OpenAPI document` {
    private typealias JSON = [String: Any]
    private static let token = "correct-horse-battery-staple"

    private static func document() async throws -> JSON {
        let response = try await ScriptedServer.response("/openapi.json")
        #expect(response.headers[.contentType] == "application/json")
        return try object(response)
    }

    private static func object(_ response: TestResponse) throws -> JSON {
        try #require(JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? JSON)
    }

    /// The operations that read.
    private static func operations() async throws -> [(path: String, operation: JSON, document: JSON)] {
        let document = try await document()
        let paths = try #require(document["paths"] as? [String: JSON])
        return paths.sorted { $0.key < $1.key }.compactMap { path, item in
            (item["get"] as? JSON).map { (path, $0, document) }
        }
    }

    private static func parameters(of operation: JSON, in document: JSON) -> [JSON] {
        let schema = JSONSchema(root: document)
        return (operation["parameters"] as? [JSON] ?? []).compactMap { parameter in
            (parameter["$ref"] as? String).map { schema.resolve($0) } ?? parameter
        }
    }

    @Test func `has the paths that are served`() async throws {
        let served = ServerBuilder.routes(
            graphs: ScriptedGraphs.shop(),
            pictures: ScriptedPictures(),
            token: try AccessToken(Self.token)
        )
        .filter { $0 != "GET /" && !$0.hasSuffix("**") }
        let paths = try #require(try await Self.document()["paths"] as? [String: JSON])
        let described = paths.flatMap { path, item in item.keys.map { "\($0.uppercased()) \(path)" } }
        // The document is a file of the page.
        #expect(described.sorted() == (served + ["GET /openapi.json"]).sorted())
    }

    @Test func `says what asks for the token`() async throws {
        var configuration = ServerBuilder.Configuration()
        configuration.token = try AccessToken(Self.token)
        let paths = try #require(try await Self.document()["paths"] as? [String: JSON])
        for (path, item) in paths {
            for (method, operation) in item {
                let operation = try #require(operation as? JSON)
                let response = try await ScriptedServer.response(
                    path.replacing("{id}", with: "x"),
                    method: try #require(HTTPRequest.Method(method.uppercased())),
                    configuration: configuration
                )
                // The security of the whole document asks for it, an empty one of an operation does not.
                let isOpen = (operation["security"] as? [JSON])?.isEmpty == true
                #expect((response.status == .unauthorized) == !isOpen, "\(method) \(path)")
                let responses = try #require(operation["responses"] as? JSON)
                #expect(responses["\(response.status.code)"] != nil, "\(method) \(path)")
                if !isOpen { #expect(responses["401"] != nil, "\(method) \(path)") }
            }
        }
    }

    @Test func `has the parameters that are known`() async throws {
        for (path, operation, document) in try await Self.operations() {
            let uri = path.replacing("{id}", with: "x") + "?no-such-parameter=1"
            let response = try await ScriptedServer.response(uri)
            let isOpen = ["/healthz", "/readyz", "/api/health", "/api/graph/fields", "/openapi.json"]
                .contains(path)
            #expect(response.status == (isOpen ? .ok : .badRequest), "\(path)")
            var known: [String] = []
            if !isOpen, let list = try response.problem().detail.split(separator: "Known are ").last,
                list.hasSuffix("."), list.contains(", ")
            {
                known = list.dropLast().split(separator: ", ").map(String.init)
            }
            let described = Self.parameters(of: operation, in: document).filter {
                $0["in"] as? String == "query"
            }
            #expect(described.compactMap { $0["name"] as? String }.sorted() == known.sorted(), "\(path)")
        }
    }

    @Test func `has the limits of the parameters`() async throws {
        let document = try await Self.document()
        let components = try #require(document["components"] as? [String: JSON])
        let parameters = try #require(components["parameters"] as? [String: JSON])
        func schema(_ name: String) throws -> JSON { try #require(parameters[name]?["schema"] as? JSON) }
        for (name, range) in [
            ("limit", 1...TransactionParameters.maximumLimit),
            ("offset", 0...TransactionParameters.maximumOffset),
            ("depth", GraphQuery.Focus.depths), ("top", GraphQuery.tops),
        ] {
            #expect(try schema(name)["minimum"] as? Int == range.lowerBound, "\(name)")
            #expect(try schema(name)["maximum"] as? Int == range.upperBound, "\(name)")
        }
        for (name, values) in [
            ("level", GraphLevel.allCases.map(\.rawValue)),
            ("fold", PseudoNodePolicy.allCases.map(\.rawValue)),
            ("layout", LayoutOptions.Kind.allCases.map(\.rawValue)),
            ("hubs", LayoutOptions.Hubs.allCases.map(\.rawValue)),
            ("protocol", ApplicationProtocol.allCases.map(\.rawValue)),
            ("outcome", Outcome.allCases.map(\.name) + [TransactionParameters.failed]),
        ] {
            #expect(try schema(name)["enum"] as? [String] == values, "\(name)")
        }
        for name in ["namespace", "collapse"] {
            #expect(try schema(name)["maxItems"] as? Int == GraphParameters.maximumNamespaces)
        }
        let key = "[A-Za-z0-9._/-]{1,\(GraphGroup.maximumKeyLength)}"
        #expect(try schema("boxes")["pattern"] as? String == "^(namespace|none|label:\(key))$")
        #expect(try schema("focus")["maxLength"] as? Int == GraphParameters.maximumNodeLength)
        #expect(try schema("operation")["maxLength"] as? Int == TransactionParameters.maximumOperationLength)
        let schemas = try #require(components["schemas"])
        let health = try #require(((schemas["Edge"] as? JSON)?["properties"] as? [String: JSON])?["health"])
        #expect(health["enum"] as? [String] == Health.allCases.map(\.rawValue))
        let counts = try #require(((schemas["Diff"] as? JSON)?["properties"] as? [String: JSON])?["counts"])
        #expect(counts["required"] as? [String] == Change.allCases.map(\.rawValue))
    }

    @Test(arguments: [
        "", "?filter=edge.port%20%3D%3D%2080&find=true", "?edge=a", "?node=workload/demo/Deployment/app",
    ])
    func `describes every JSON answer, and nothing is left out of it`(query: String) async throws {
        let graphs = ScriptedGraphs { query in
            let shop = ScriptedGraphs.shopSnapshot()
            return GraphSnapshot(
                graph: try query.view(of: shop.graph),
                stored: shop.stored,
                reporters: shop.reporters
            )
        }
        let ids = ["edges": ShopGraph.make().edges[0].id, "nodes": "workload/demo/Deployment/app"]
        var answered = 0
        // A stream of events has no end.
        for (path, operation, document) in try await Self.operations() where path != "/api/v1/events" {
            let kind = path.split(separator: "/").dropLast().last.map(String.init) ?? ""
            let id = ids[kind]?.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            let uri = path.replacing("{id}", with: id) + query
            let response = try await ScriptedServer.response(uri, graphs: graphs)
            let responses = try #require(operation["responses"] as? [String: JSON])
            let validator = JSONSchema(root: document)
            let described = try #require(
                responses[String(response.status.code)],
                "\(uri): \(response.status)"
            )
            let own = (described["$ref"] as? String).flatMap(validator.resolve) ?? described
            let content = try #require(own["content"] as? [String: JSON])
            let type = try #require(response.headers[.contentType]?.split(separator: ";").first)
            let entry = try #require(content[String(type)], "\(uri): \(type)")
            guard type.hasSuffix("json"), let schema = entry["schema"] as? JSON else { continue }
            let value = try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView))
            let mistakes = validator.mistakes(in: value, by: schema)
            #expect(mistakes.isEmpty, "\(uri): \(mistakes.prefix(5))")
            answered += 1
        }
        #expect(answered > 15)
    }
}
