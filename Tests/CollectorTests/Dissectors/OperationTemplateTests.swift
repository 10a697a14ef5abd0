// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import TestKit
import Testing

@Suite struct `Operation templates` {
    private static let table: [(target: String, path: String)] = [
        ("/", "/"),
        ("/cart", "/cart"),
        ("/cart/", "/cart/"),
        ("/cart?user=1#top", "/cart"),
        ("?x", "{target}"),
        ("*", "*"),
        ("/cart/4711/items/12", "/cart/{id}/items/{id}"),
        ("/api/v1/users", "/api/v1/users"),
        ("/v2beta1/oauth2/s3", "/v2beta1/oauth2/s3"),
        ("/orders/order-4711", "/orders/order-{id}"),
        ("/o/123e4567-e89b-12d3-a456-426614174000", "/o/{id}"),
        ("/o/123E4567-E89B-12D3-A456-426614174000/x", "/o/{id}/x"),
        ("/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709", "/commit/{id}"),
        ("/t/dGhpcyBpcyBhIHRva2Vu", "/t/dGhpcyBpcyBhIHRva2Vu"),
        (
            "/t/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
            "/t/{id}"
        ),
        ("/t/QUJDRA1234abcdEF==", "/t/{id}"),
        ("/pods/nginx-5bbf77f788-zm9z4", "/pods/nginx-{id}-zm9z4"),
        ("/static/app.3f2a9c1b.js", "/static/app.{id}.js"),
        ("/2026/11/22", "/{id}/{id}/{id}"),
        ("/day/2026-11-22", "/day/{id}"),
        ("/users/jane.doe@example.com", "/users/{email}"),
        ("/users/jane%40example.com/x", "/users/{email}/x"),
        ("/@scope/pkg", "/@scope/pkg"),
        ("/caf%C3%A9%20noir", "/caf%C3%A9%20noir"),
        ("/a;jsessionid=0123456789ABCDEF/b", "/a/b"),
        ("/{id}", "/%7Bid%7D"),
        ("/a\u{1B}[31m\u{7F}b", "/a%1B[31m%7Fb"),
        ("/\u{202E}x", "/%E2%80%AEx"),
        ("http://shop.example:80/cart/7?x", "/cart/{id}"),
        ("http://shop.example", "/"),
        ("no-slash", "{target}"),
        ("/latest/meta-data/iam/security-credentials/", "/latest/meta-data/iam/security-credentials/"),
        (
            "/latest/meta-data/iam/security-credentials/admin",
            "/latest/meta-data/iam/security-credentials/{role}"
        ),
        ("/api/v1/namespaces/kube-system/secrets/token-abc", "/api/v1/namespaces/{namespace}/secrets/{name}"),
        ("/api/v1/namespaces/demo/secrets", "/api/v1/namespaces/{namespace}/secrets"),
        ("/api/v1/namespaces/demo", "/api/v1/namespaces/{name}"),
        ("/api/v1/namespaces/demo/status", "/api/v1/namespaces/{name}/status"),
        ("/api/v1/namespaces", "/api/v1/namespaces"),
        ("/api/v1/nodes/k8s-node-1/proxy/stats", "/api/v1/nodes/{name}/proxy/stats"),
        ("/api/v1/namespaces/d/pods/p/log?follow=true", "/api/v1/namespaces/{namespace}/pods/{name}/log"),
        (
            "/apis/apps/v1/namespaces/demo/deployments/shop/scale",
            "/apis/apps/v1/namespaces/{namespace}/deployments/{name}/scale"
        ),
        (
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/admin",
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/{name}"
        ),
        ("/api/v1/watch/namespaces/demo/pods", "/api/v1/watch/namespaces/{namespace}/pods"),
    ]

    @Test(arguments: table)
    func `keeps the shape of a path and drops what is particular`(target: String, path: String) {
        #expect(OperationTemplate.operation(method: "GET", target: target) == "GET \(path)")
    }

    @Test func `keeps known methods and hides invented ones`() {
        #expect(OperationTemplate.operation(method: "PROPFIND", target: "/") == "PROPFIND /")
        #expect(OperationTemplate.operation(method: "HACK7", target: "/") == "{method} /")
        #expect(OperationTemplate.operation(method: "get", target: "/") == "{method} /")
        #expect(
            OperationTemplate.operation(method: "CONNECT", target: "a.example:443") == "CONNECT {authority}"
        )
    }

    @Test func `bounds segments and length`() {
        let deep = OperationTemplate.operation(method: "GET", target: String(repeating: "/a", count: 500))
        #expect(deep == "GET " + String(repeating: "/a", count: OperationTemplate.segmentLimit) + "/{rest}")
        let wide = OperationTemplate.operation(
            method: "GET",
            target: "/" + String(repeating: "word.", count: 5_000)
        )
        #expect(wide.utf8.count < 2 * OperationTemplate.lengthLimit)
        let long = OperationTemplate.operation(
            method: "GET",
            target: "/" + String(repeating: "x", count: 60_000)
        )
        #expect(long == "GET /{id}")
    }

    @Test func `yields visible ASCII of bounded length for any bytes`() {
        for seed in 0..<3_000 {
            var random = SeededGenerator(seed: UInt64(seed))
            let bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let target = [0x2F] + bytes
            let method = Array("GET".utf8)
            let operation = OperationTemplate.operation(method: method.octets, target: target.octets)
            let isVisible = operation.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            #expect(isVisible && operation.utf8.count < 600, "seed \(seed): \(operation)")
        }
    }
}
