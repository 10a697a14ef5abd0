// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph
import Kubernetes
import Testing

@Suite struct `Object dump` {
    static let pod = """
        {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "web-1", "namespace": "shop", "uid": "u1",
         "labels": {"app": "web"}, "creationTimestamp": "2026-11-22T09:00:00Z",
         "ownerReferences": [{"kind": "Other", "name": "x"}, {"kind": "ReplicaSet", "name": "web-9", "controller": true}]},
         "spec": {"nodeName": "n1", "containers": [{"ports": [{"containerPort": 8080, "name": "http"}]}, {}],
         "initContainers": [{"ports": [{"containerPort": 53, "protocol": "UDP", "hostPort": 5353}]}]},
         "status": {"phase": "Running", "podIP": "10.0.0.1", "podIPs": [{"ip": "10.0.0.1"}, {"ip": "fd00::1"}]}}
        """

    static func dump(_ text: String) throws -> ObjectDump {
        try ObjectDump(Array(text.utf8), cluster: "c")
    }

    static func pods(_ dump: ObjectDump) -> [PodFact] {
        dump.observations.compactMap { if case .pod(let fact) = $0.fact { fact } else { nil } }
    }

    @Test(arguments: [
        ("True", "PodScheduled", "2026-11-22T09:20:00Z"), ("False", "PodScheduled", nil),
        ("True", "Ready", nil),
    ])
    func `reads when a pod was scheduled`(status: String, type: String, time: String?) throws {
        let conditions = """
            "conditions": [{"type": "Initialized", "status": "True", "lastTransitionTime": null},
             {"type": "\(type)", "status": "\(status)", "lastTransitionTime": "2026-11-22T09:20:00Z"}], "phase"
            """
        let dump = try Self.dump(Self.pod.replacing("\"phase\"", with: conditions))
        #expect(Self.pods(dump).map(\.scheduledAt) == [time.flatMap { Timestamp(rfc3339: $0) }])
    }

    @Test func `reads a pod`() throws {
        let dump = try Self.dump(Self.pod)
        let fact = try #require(Self.pods(dump).first)
        #expect(fact.namespace == "shop" && fact.name == "web-1" && fact.uid == "u1")
        #expect(fact.labels == ["app": "web"])
        #expect(fact.addresses.map(\.description) == ["10.0.0.1", "fd00::1"])
        #expect(fact.owner == OwnerReference(kind: "ReplicaSet", name: "web-9"))
        #expect(fact.nodeName == "n1")
        #expect(!fact.isHostNetwork)
        #expect(
            fact.ports == [
                PortFact(name: "http", port: 8_080, transport: .tcp),
                PortFact(port: 53, transport: .udp, hostPort: 5_353),
            ]
        )
        #expect(fact.createdAt == Timestamp(rfc3339: "2026-11-22T09:00:00Z"))
        #expect(fact.endedAt == nil)
        #expect(dump.observations.map(\.cluster) == ["c"])
        #expect(dump.observations.map(\.observedAt) == [nil])
    }

    @Test(arguments: [
        ("Running", "\"deletionTimestamp\": \"2026-11-22T09:09:00Z\",", "2026-11-22T09:09:00Z"),
        ("Succeeded", "", "2026-11-22T09:05:00Z"),
        ("Failed", "", "2026-11-22T09:05:00Z"),
        ("Failed", "\"deletionTimestamp\": \"2026-11-22T09:09:00Z\",", "2026-11-22T09:09:00Z"),
    ])
    func `knows when a pod ended`(phase: String, deletion: String, end: String) throws {
        let text = """
            {"kind": "Pod", "metadata": {\(deletion) "name": "p", "namespace": "s"}, "status": {"phase": "\(phase)",
             "containerStatuses": [{"state": {"terminated": {"finishedAt": "2026-11-22T09:04:00Z"}}},
              {"state": {"terminated": {"finishedAt": "2026-11-22T09:05:00Z"}}}, {"state": {"running": {}}}]}}
            """
        #expect(Self.pods(try Self.dump(text)).map(\.endedAt) == [Timestamp(rfc3339: end)])
    }

    @Test func `reads Services of every type`() throws {
        let text = """
            {"kind": "ServiceList", "apiVersion": "v1", "items": [
             {"metadata": {"name": "a", "namespace": "s"}, "spec": {"type": "NodePort", "clusterIP": "10.96.0.1",
              "clusterIPs": ["10.96.0.1", "fd00::a"], "selector": {"app": "a"}, "externalIPs": ["192.0.2.1"],
              "ports": [{"name": "http", "port": 80, "targetPort": "http", "nodePort": 30080},
                        {"port": 53, "protocol": "UDP", "targetPort": 5353}]},
              "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.2"}, {"hostname": "lb.example"}]}}},
             {"metadata": {"name": "b", "namespace": "s"}, "spec": {"clusterIP": "None", "clusterIPs": ["None"]}},
             {"metadata": {"name": "c", "namespace": "s"}, "spec": {"type": "ExternalName", "externalName": "db.example"}}]}
            """
        let dump = try Self.dump(text)
        let facts = dump.observations.compactMap {
            if case .service(let fact) = $0.fact { fact } else { nil }
        }
        #expect(facts.map(\.name) == ["a", "b", "c"])
        #expect(facts[0].clusterAddresses.map(\.description) == ["10.96.0.1", "fd00::a"])
        #expect(facts[0].externalAddresses.map(\.description) == ["192.0.2.1", "192.0.2.2"])
        #expect(
            facts[0].ports == [
                PortFact(name: "http", port: 80, transport: .tcp, targetPort: "http", nodePort: 30_080),
                PortFact(port: 53, transport: .udp, targetPort: "5353"),
            ]
        )
        #expect(facts[0].selector == ["app": "a"])
        #expect(facts[0].type == "NodePort")
        #expect(facts[1].clusterAddresses.isEmpty)
        #expect(facts[2].externalName == "db.example")
        #expect(dump.rejected == 0)
    }

    @Test func `reads endpoints, slices and nodes`() throws {
        let text = """
            {"kind": "List", "apiVersion": "v1", "items": [
             {"kind": "Endpoints", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "s", "uid": "u"}, "subsets": [
              {"addresses": [{"ip": "10.0.0.1"}], "notReadyAddresses": [{"ip": "10.0.0.2"}], "ports": [{"port": 80}]},
              {"addresses": [{"ip": "10.0.0.3"}], "ports": [{"port": 81}]}]},
             {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "IPv4",
              "metadata": {"name": "a-x", "namespace": "s", "labels": {"kubernetes.io/service-name": "a"}},
              "endpoints": [{"addresses": ["10.0.0.1"]}, {"addresses": ["10.0.0.2"]}], "ports": [{"port": 80}, {}]},
             {"kind": "EndpointSlice", "apiVersion": "discovery.k8s.io/v1", "addressType": "FQDN",
              "metadata": {"name": "b-x", "namespace": "s", "labels": {"kubernetes.io/service-name": "b"}},
              "endpoints": [{"addresses": ["db.example"]}]},
             {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n1"}, "spec": {"podCIDR": "10.0.0.0/24",
              "podCIDRs": ["10.0.0.0/24", "fd00::/64"]}, "status": {"addresses": [
               {"type": "InternalIP", "address": "192.168.0.1"}, {"type": "Hostname", "address": "n1"},
               {"type": "ExternalIP", "address": "192.0.2.1"}]}}]}
            """
        let dump = try Self.dump(text)
        let endpoints = dump.observations.compactMap {
            if case .endpoints(let fact) = $0.fact { fact } else { nil }
        }
        #expect(endpoints.map(\.uid) == ["u", "u#1", ""])
        #expect(endpoints.map(\.serviceName) == ["a", "a", "a"])
        #expect(
            endpoints.map { $0.addresses.map(\.description) }
                == [["10.0.0.1", "10.0.0.2"], ["10.0.0.3"], ["10.0.0.1", "10.0.0.2"]]
        )
        #expect(endpoints.map { $0.ports.map(\.port) } == [[80], [81], [80]])
        let nodes = dump.observations.compactMap { if case .node(let fact) = $0.fact { fact } else { nil } }
        #expect(nodes.map { $0.addresses.map(\.description) } == [["192.168.0.1", "192.0.2.1"]])
        #expect(nodes.map(\.podRanges) == [["10.0.0.0/24", "fd00::/64"]])
        #expect(dump.ignored == ["EndpointSlice": 1])
    }

    @Test func `reads controllers and metadata-only lists`() throws {
        func owned(_ name: String, _ owner: String?) -> String {
            let reference = owner.map {
                "\"ownerReferences\": [{\"kind\": \"\($0)\", \"name\": \"o\", \"controller\": true}],"
            }
            return "{\"metadata\": {\(reference ?? "") \"name\": \"\(name)\", \"namespace\": \"s\"}}"
        }
        var workloads: [String] = []
        for (list, version) in [
            ("ReplicaSetList", "apps/v1"), ("JobList", "batch/v1"), ("StatefulSetList", "apps/v1"),
            ("DaemonSetList", "apps/v1"), ("CronJobList", "batch/v1"), ("DeploymentList", "apps/v1"),
        ] {
            let text =
                "{\"kind\": \"\(list)\", \"apiVersion\": \"\(version)\", \"items\": [\(owned("a", "X"))]}"
            for observation in try Self.dump(text).observations {
                guard case .workload(let fact) = observation.fact else { continue }
                workloads.append("\(fact.kind) \(fact.name) \(fact.owner?.kind ?? "")")
            }
        }
        #expect(
            workloads == [
                "ReplicaSet a X", "Job a X", "StatefulSet a X", "DaemonSet a X", "CronJob a X",
                "Deployment a X",
            ]
        )
        let items = [owned("r", "Deployment"), owned("j", "CronJob"), owned("d", nil)].joined(separator: ",")
        let partial = try Self.dump(
            "{\"kind\": \"PartialObjectMetadataList\", \"apiVersion\": \"meta.k8s.io/v1\", \"items\": [\(items)]}"
        )
        let kinds = partial.observations.compactMap {
            if case .workload(let fact) = $0.fact { fact.kind } else { nil }
        }
        #expect(kinds == ["ReplicaSet", "Job"])
        #expect(partial.ignored == ["PartialObjectMetadata": 1])
        #expect(partial.rejected == 0)
    }

    @Test func `tells kinds of other groups apart`() throws {
        let text = """
            {"kind": "Service", "apiVersion": "serving.knative.dev/v1", "metadata": {"name": "a", "namespace": "s"}}
            {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "a", "namespace": "s"}}
            """
        let dump = try Self.dump(text)
        #expect(dump.observations.isEmpty)
        #expect(dump.ignored == ["Service": 1, "ConfigMap": 1])
    }

    @Test func `skips what is malformed and keeps the rest`() throws {
        let malformed = [
            "{}", "7", "null", "[]", "{\"kind\": 5}", "{\"kind\": \"Pod\"}",
            "{\"kind\": \"Pod\", \"metadata\": {}}",
            "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"p\"}}",
            "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"a/b\", \"namespace\": \"s\"}}",
            "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"\", \"namespace\": \"s\"}}",
            "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"p\\u0000\", \"namespace\": \"s\"}}",
            "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"p\", \"namespace\": \"s\"}, \"status\": {\"podIP\": \"10.0.0\"}}",
            "{\"kind\": \"Pod\", \"metadata\": {\"name\": \"p\", \"namespace\": \"s\", \"creationTimestamp\": \"now\"}}",
            "{\"kind\": \"Service\", \"metadata\": {\"name\": \"p\", \"namespace\": \"s\"}, \"spec\": {\"ports\": [{\"port\": 70000}]}}",
            "{\"kind\": \"Service\", \"metadata\": {\"name\": \"p\", \"namespace\": \"s\"}, \"spec\": {\"ports\": [{\"port\": -1}]}}",
            "{\"kind\": \"Service\", \"metadata\": {\"name\": \"p\", \"namespace\": \"s\"}, \"spec\": {\"clusterIP\": \"x\"}}",
            "{\"kind\": \"P\\no\", \"metadata\": {\"name\": \"p\", \"namespace\": \"s\"}}",
        ]
        let items = ([Self.pod] + malformed + [Self.pod]).joined(separator: ",")
        let dump = try Self.dump("{\"kind\": \"List\", \"apiVersion\": \"v1\", \"items\": [\(items)]}")
        #expect(Self.pods(dump).count == 2)
        #expect(dump.rejected == malformed.count)
        #expect(dump.ignored.isEmpty)
    }

    @Test func `bounds the kinds it counts`() throws {
        let text = (0..<100).map { "{\"kind\": \"K\($0)\"}" }.joined(separator: "\n")
        let dump = try Self.dump(text)
        #expect(dump.ignored.count == ObjectDump.maximumIgnoredKinds + 1)
        #expect(dump.ignored[ObjectDump.otherKinds] == 36)
        #expect(dump.ignored.values.reduce(0, +) == 100)
    }

    @Test(arguments: [
        "\u{FEFF}POD", "POD POD", "POD\nPOD\n", "[POD, POD]", "\r\n\t POD",
        "{\"kind\": \"List\", \"items\": [POD]}",
        "{\"items\": [POD], \"kind\": \"PodList\"}",
    ])
    func `takes every wrapping`(pattern: String) throws {
        let text = pattern.replacing("POD", with: Self.pod)
        let dump = try Self.dump(text)
        #expect(
            Self.pods(dump).count == pattern.split(separator: "POD", omittingEmptySubsequences: false).count
                - 1
        )
        #expect(dump.rejected == 0)
    }

    @Test func `takes the null that Go writes for no items`() throws {
        let dump = try Self.dump("{\"kind\": \"PodList\", \"apiVersion\": \"v1\", \"items\": null}")
        #expect(dump.observations.isEmpty && dump.rejected == 0)
        let empty = try Self.dump("{\"kind\": \"List\", \"items\": []}")
        #expect(empty.observations.isEmpty && empty.rejected == 0)
    }
}
