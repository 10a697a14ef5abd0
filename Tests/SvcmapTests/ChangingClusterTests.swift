// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `A cluster that changes while it is captured` {
    /// Imports the capture and facts into a new store.
    private func store(_ runs: [[String]]) throws -> TemporaryFolder {
        let scratch = try TemporaryFolder()
        for arguments in runs {
            let run = try Binary.run(["import", "--store", "map.db"] + arguments, in: scratch.url)
            #expect(run.status == 0, "\(run.errors)")
        }
        return scratch
    }

    private func inventory(_ files: [String], of cluster: ChangingCluster) -> [String] {
        files.flatMap { ["--inventory", cluster.folder.appending(path: $0).path] }
    }

    private func export(_ options: [String], _ scratch: TemporaryFolder) throws -> Data {
        try Binary.run(["export", "--json", "--store", "map.db"] + options, in: scratch.url).output
    }

    @Test func `has in every window the names of that moment on every edge`() throws {
        guard let cluster = try ChangingCluster() else { return }
        let scratch = try store([[cluster.capture] + inventory(cluster.inventories, of: cluster)])
        var (edges, ends) = (0, 0)
        var seen: Set<String> = []
        for (number, senders) in try cluster.sendingPods().sorted(by: { $0.key < $1.key }) {
            let from = Date(timeIntervalSince1970: Double(number * 10))
            let to = from.addingTimeInterval(10)
            let range = ["--from", from.ISO8601Format(), "--to", to.ISO8601Format()]
            let graph = try GraphDocument(try export(["--level", "pod"] + range, scratch))
            let addresses = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0.addresses ?? []) })
            edges += graph.edges.count
            for node in graph.nodes {
                seen.insert(node.id)
                // A node's own addresses mean different things by port.
                let ports: [Int?] = graph.edges.filter { $0.server == node.id }.map(\.port)
                let isClient = graph.edges.contains { $0.client == node.id }
                for address in node.addresses ?? [] {
                    ends += 1
                    let truths = (ports + (isClient ? [nil] : [])).map {
                        cluster.names(of: address, from: from, to: to, asServerAt: $0)
                    }
                    #expect(
                        truths.contains { $0.contains(node.id) },
                        "\(from) \(node.id): \(address) was \(truths)"
                    )
                }
            }
            for dialled in graph.edges.flatMap(\.dialled) { seen.insert(dialled.id) }
            // Nobody who sent is missing.
            let named = Set(addresses.values.joined())
            #expect(senders.subtracting(named).isEmpty, "\(from)")
        }
        #expect(edges > 100 && ends > 80, "\(edges) edges, \(ends) addresses of nodes")
        // One is in neither dump, the others in the first or the last only.
        let pods = ["app-587d4bdd99-sd2wg", "nginx-5bbf77f788-628km", "client-7cd5854d89-7rnxg"]
        for pod in pods { #expect(seen.contains("pod/demo/\(pod)")) }
        print("change.pcap: \(edges) edges of 10 s windows, \(ends) addresses of nodes")
    }

    @Test func `is the same map in whatever order captures, dumps and events come`() throws {
        guard let cluster = try ChangingCluster() else { return }
        let files = cluster.inventories
        let range = ["--from", "2026-11-22T10:02:00Z", "--to", "2026-11-22T10:02:30Z"]
        let options = [["--level", "pod"] + range, ["--level", "service"]]
        let before = try store([[cluster.capture] + inventory(files, of: cluster)])
        let expected = try options.map { try export($0, before) }
        #expect(expected.allSatisfy { $0.count > 1_000 })
        var generator = SeededGenerator(seed: 7)
        for captureFirst in [true, false] {
            let facts = files.shuffled(using: &generator).map { inventory([$0], of: cluster) }
            let scratch = try store(captureFirst ? [[cluster.capture]] + facts : facts + [[cluster.capture]])
            #expect(try options.map { try export($0, scratch) } == expected)
        }
    }

    @Test func `is told as well by a watch as kubectl prints it, without receive times`() throws {
        guard let cluster = try ChangingCluster() else { return }
        let folder = try TemporaryFolder()
        for file in cluster.inventories where file.hasSuffix(".tsv") {
            let text = try String(contentsOf: cluster.folder.appending(path: file), encoding: .utf8)
            let events = text.split(separator: "\n").compactMap { $0.split(separator: "\t").last }
            try events.joined(separator: "\n").write(
                to: folder.url.appending(path: file + ".json"),
                atomically: true,
                encoding: .utf8
            )
        }
        let events = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
            .flatMap { ["--inventory", folder.url.appending(path: $0).path] }
        let lists = cluster.inventories.filter { $0.hasPrefix("list-") }
        let scratch = try store([[cluster.capture] + inventory(lists, of: cluster) + events])
        let graph = try GraphDocument(try export(["--level", "pod"], scratch))
        for pod in ["app-587d4bdd99-sd2wg", "nginx-5bbf77f788-628km", "client-7cd5854d89-7rnxg"] {
            #expect(graph.nodes.contains { $0.id == "pod/demo/\(pod)" })
        }
    }
}
