// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation
import Graph
import Kubernetes
import TestKit
import Testing

/// The objects of a real cluster, as kubectl and the API server wrote them.
enum Recording {
    /// What `kubectl get` wrote.
    static let objects = URL(filePath: Checkout.example + "/objects.json")

    /// The folder of what the API server said, which the checkout does not carry.
    static func apiFolder() -> URL? { Checkout.recording("api").map { URL(filePath: $0) } }

    static func dump(_ file: URL) throws -> ObjectDump {
        try ObjectDump([UInt8](Data(contentsOf: file)), cluster: "default")
    }
}

@Suite struct `The recorded cluster` {
    /// Who holds an address at the time of the capture.
    static func identity(
        _ ip: String,
        _ port: UInt16 = 0,
        _ role: EndpointRole = .client,
        transport: TransportProtocol = .tcp
    ) throws -> Identity {
        let dump = try Recording.dump(Recording.objects)
        let start = try #require(Timestamp(rfc3339: "2026-11-22T09:09:10Z"))
        return IdentityResolver(inventory: dump.observations, names: []).identity(
            of: Endpoint(scope: "default", address: try #require(IPAddress(ip))),
            port: port,
            transport: transport,
            as: role,
            in: Window.containing(start)
        )
    }

    @Test func `is read completely`() throws {
        let dump = try Recording.dump(Recording.objects)
        #expect(dump.observations.count == 25)
        #expect(dump.rejected == 0)
        #expect(dump.ignored.isEmpty)
    }

    @Test(arguments: [
        ("10.244.0.2", "kube-system", "coredns", ["kube-dns"]), ("10.244.0.3", "demo", "redis", ["redis"]),
        ("10.244.0.4", "demo", "app", ["app", "app-headless"]),
        ("10.244.0.5", "demo", "app", ["app", "app-headless"]),
        ("10.244.0.6", "demo", "nginx", ["nginx"]), ("10.244.0.7", "demo", "client", []),
    ])
    func `has its pods in their workloads and Services`(
        ip: String,
        namespace: String,
        deployment: String,
        services: [String]
    ) throws {
        let identity = try Self.identity(ip)
        guard case .pod(let pod) = identity.subject else {
            Issue.record("\(ip) is no pod")
            return
        }
        #expect(pod.namespace == namespace)
        #expect(pod.workload == WorkloadIdentity(kind: "Deployment", name: deployment))
        #expect(pod.services.map(\.name) == services)
        #expect(pod.nodeName == "k8s-node-1")
        #expect(identity.identifiedBy == .inventory)
        #expect(!identity.isInferred)
    }

    @Test(arguments: [
        ("10.96.0.1", UInt16(443), "default", "kubernetes"), ("10.96.225.75", 80, "demo", "nginx"),
        ("10.96.83.178", 1_234, "demo", "redis"), ("10.96.106.234", 8_000, "demo", "app"),
        ("10.96.0.10", 53, "kube-system", "kube-dns"), ("172.31.250.10", 30_080, "demo", "nginx"),
        ("172.31.250.10", 6_443, "default", "kubernetes"),
    ])
    func `has its Services by cluster address, NodePort and endpoints`(
        ip: String,
        port: UInt16,
        namespace: String,
        name: String
    ) throws {
        let service = Identity.Subject.service(ServiceIdentity(namespace: namespace, name: name))
        #expect(try Self.identity(ip, port, .dialled).subject == service)
        #expect(try Self.identity(ip, port, .server).subject == service)
    }

    @Test func `has its node, its bridge and strangers`() throws {
        #expect(try Self.identity("172.31.250.10").subject == .node(name: "k8s-node-1"))
        #expect(try Self.identity("10.244.0.1").subject == .node(name: "k8s-node-1"))
        #expect(
            try Self.identity("172.31.250.1").subject == .address(try #require(IPAddress("172.31.250.1")))
        )
    }

    @Test func `was read whole in every form the API server gives`() throws {
        guard let folder = Recording.apiFolder() else { return }
        var read: [String: Int] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let name = file.lastPathComponent
            let forms = ["list-", "page-", "metadata-", "watch-", "objects-"]
            guard forms.contains(where: name.hasPrefix), ["json", "tsv"].contains(file.pathExtension),
                try !Data(contentsOf: file).isEmpty
            else { continue }
            let dump = try Recording.dump(file)
            #expect(dump.rejected == 0, "\(name)")
            #expect(!dump.isTruncated, "\(name)")
            read[name] = dump.observations.count
            if name.hasPrefix("watch-") {
                #expect(dump.observations.allSatisfy { $0.observedAt != nil }, "\(name)")
            }
        }
        #expect(read["list-pods.json"] == 6)
        #expect(read["list-deployments.json"] == 5)
        #expect(read["metadata-replicasets.json"] == 5)
        #expect(read["metadata-deployments.json"] == 0)
        #expect(read["list-namespaces.json"] == 0)
        #expect(read["watch-services.tsv"] == 2)
        #expect(read.count == 17)
    }

    @Test(arguments: [
        ("error-401.http", "HTTP response"), ("error-403.http", "HTTP response"),
        ("error-404.http", "HTTP response"), ("error-bad-continue.http", "HTTP response"),
        ("service-proxy.http", "HTTP response"), ("service-proxy-missing.http", "HTTP response"),
        ("watch-old-resource-version.http", "HTTP response"),
        ("watch-future-resource-version.http", "HTTP response"), ("changes.txt", "is not JSON"),
        ("nginx-access-after-restart.log", "is not JSON"), ("watch-nodes.tsv", "is empty"),
        ("watch-namespaces.tsv", "is empty"),
    ])
    func `gives a line for each answer that holds no objects`(name: String, line: String) throws {
        guard let folder = Recording.apiFolder() else { return }
        let error = try #require(throws: ObjectDumpError.self) {
            _ = try Recording.dump(folder.appending(path: name))
        }
        #expect(error.description.contains(line), "\(error)")
        #expect(!error.description.contains("\n"))
    }

    @Test func `is told the same by pages as by the whole list`() throws {
        guard let folder = Recording.apiFolder() else { return }
        let pages = try (1...3).flatMap {
            try Recording.dump(folder.appending(path: "page-\($0).json")).observations
        }
        let list = try Recording.dump(folder.appending(path: "list-pods.json")).observations
        #expect(pages.count == 6)
        #expect(Set(pages.map(\.fact)) == Set(list.map(\.fact)))
        #expect(pages.allSatisfy { if case .pod(let pod) = $0.fact { pod.revision != nil } else { false } })
    }

    @Test func `names pods that only the watch ever saw`() throws {
        guard let folder = Recording.apiFolder() else { return }
        let files = ["list-pods.json", "watch-pods.tsv", "list-replicasets.json", "watch-replicasets.tsv"]
        let observations = try files.flatMap { try Recording.dump(folder.appending(path: $0)).observations }
        var pods: [String: PodFact] = [:]
        for case .pod(let fact) in observations.map(\.fact) where !fact.addresses.isEmpty {
            pods[fact.uid] = fact
        }
        #expect(pods.count > 6)
        let resolver = IdentityResolver(inventory: observations.shuffled(), names: [])
        for pod in pods.values {
            let created = try #require(pod.createdAt)
            let identity = resolver.identity(
                of: Endpoint(scope: "default", address: pod.addresses[0]),
                port: 0,
                transport: .tcp,
                as: .client,
                in: Window(start: created, end: created + 1)
            )
            guard case .pod(let found) = identity.subject else {
                Issue.record("\(pod.name) is not found")
                continue
            }
            #expect(found.name == pod.name)
            #expect(found.workload.kind == "Deployment")
        }
    }
}
