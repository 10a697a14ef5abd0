// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

/// The captures of two nodes, as two files and merged into one, with clocks that differ.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Captures of two nodes` {
    private static let shifts: [Int64] = [0, 5_000_000, -5_000_000, 2_000_000_000, -2_000_000_000]

    private struct Nodes {
        let one: RecordedFrames
        let two: RecordedFrames
        let objects: String
    }

    private func nodes() throws -> Nodes? {
        guard let one = Checkout.recording("two-nodes/demo2-node1-any.pcap"),
            let two = Checkout.recording("two-nodes/demo2-node2-any.pcap"),
            let objects = Checkout.recording("two-nodes/demo2-objects.json")
        else { return nil }
        return Nodes(one: try RecordedFrames(path: one), two: try RecordedFrames(path: two), objects: objects)
    }

    private func map(_ files: [String: [UInt8]], _ nodes: Nodes) throws -> (run: Run, graph: GraphDocument) {
        let scratch = try TemporaryFolder()
        for (name, content) in files { try Data(content).write(to: scratch.url.appending(path: name)) }
        let run = try Binary.run(
            ["import"] + files.keys.sorted() + ["--inventory", nodes.objects, "--store", "map.db"],
            in: scratch.url
        )
        #expect(run.status == 0, "\(run.errors)")
        let output = try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url).output
        return (run, try GraphDocument(output))
    }

    /// What nginx logged for each of its clients, and what it asked the app for.
    private func expectCalls(_ graph: GraphDocument, sourceLocation: SourceLocation = #_sourceLocation) {
        let nginx = graph.edges.filter { $0.port == 80 }
        let calls = Dictionary(
            nginx.map { ($0.client.split(separator: "/").last.map(String.init) ?? "", $0.requests) },
            uniquingKeysWith: +
        )
        #expect(
            calls == ["client": 138, "172.31.250.1": 10, "k8s-node-1": 5],
            sourceLocation: sourceLocation
        )
        let upstream = graph.edges.filter { $0.client.hasSuffix("/nginx") && $0.port == 8_000 }
        #expect(upstream.map(\.requests) == [124], sourceLocation: sourceLocation)
    }

    @Test(arguments: shifts)
    func `as two files count a call between them once`(shift: Int64) throws {
        guard let nodes = try nodes() else { return }
        let graph = try map(
            [
                "one.pcap": CaptureWriter.pcap(nodes.one.frames, linkType: nodes.one.linkType),
                "two.pcap": CaptureWriter.pcap(nodes.two.shifted(by: shift), linkType: nodes.two.linkType),
            ],
            nodes
        )
        .graph
        expectCalls(graph)
    }

    @Test(arguments: shifts)
    func `as one file with an interface for each count it once, whatever their clocks`(shift: Int64) throws {
        guard let nodes = try nodes() else { return }
        let interface = CaptureWriter.Interface(linkType: UInt16(nodes.one.linkType))
        let merged = RecordedFrames.merged(
            nodes.one.shifted(by: shift),
            nodes.two.shifted(by: 0, interface: 1)
        )
        let file = CaptureWriter.pcapng(merged, interfaces: [interface, interface])
        let (run, graph) = try map(["merged.pcapng": file], nodes)
        expectCalls(graph)
        #expect(graph.coverage.metered == 2_244)
        let difference = "\(abs(shift) >= 1_000_000_000 ? "2,000.0 ms" : "5.0 ms")"
        let side = shift > 0 ? "behind" : "ahead of"
        let line = "the clock of interface 1 is \(difference) \(side) that of interface 0"
        #expect(run.errors.contains(line) == (shift != 0), "\(run.errors)")
    }

    @Test(arguments: [0, 2_000_000_000] as [Int64])
    func `as one file without interfaces are told to be in it twice`(shift: Int64) throws {
        guard let nodes = try nodes() else { return }
        let merged = RecordedFrames.merged(nodes.one.shifted(by: shift), nodes.two.frames)
        let (run, graph) = try map(
            ["merged.pcap": CaptureWriter.pcap(merged, linkType: nodes.one.linkType)],
            nodes
        )
        expectCalls(graph)
        #expect(run.errors.contains("handshake packets came twice") == (shift != 0), "\(run.errors)")
        #expect(graph.coverage.metered == (shift == 0 ? 2_244 : 3_606))
    }
}
