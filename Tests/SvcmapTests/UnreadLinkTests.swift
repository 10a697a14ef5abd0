// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import TestKit
import Testing

@Suite(.serialized, .timeLimit(.minutes(5)))
struct `Link types that are not read` {
    private typealias Frame = CaptureWriter.Frame

    private static let query = PacketBuilder("10.0.0.1", "10.0.0.2").udp(40_000, 9_999, payload: [1, 2])

    /// Frames 30 s apart, so that windows end between them.
    private static func pcapng(_ linkTypes: [UInt16]) -> Data {
        let frames = linkTypes.indices.map {
            Frame(at: Int64($0) * 30_000_000_000, query, interface: UInt32($0))
        }
        return Data(CaptureWriter.pcapng(frames, interfaces: linkTypes.map { .init(linkType: $0) }))
    }

    private func coverage(_ scratch: TemporaryFolder) throws -> GraphDocument {
        try GraphDocument(
            try Binary.run(["export", "--json", "--store", "map.db"], in: scratch.url).output
        )
    }

    private func expectRefusal(_ content: Data, _ words: String) throws {
        let scratch = try TemporaryFolder()
        try content.write(to: scratch.url.appending(path: "air.cap"))
        for (name, shown) in [("air.cap", "air.cap"), ("-", "standard input")] {
            let run = try Binary.run(["import", name, "--store", "map.db"], input: content, in: scratch.url)
            #expect(run.status == 3)
            #expect(run.errors.hasPrefix("svcmap: \(shown): \(words) not read, only "), "\(run.errors)")
            #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        }
        #expect(try coverage(scratch).coverage.frames == 0)
    }

    @Test func `refuse a pcap file, with frames or without`() throws {
        for frames in [[], [Frame(at: 0, Self.query)]] {
            let content = CaptureWriter.pcap(frames, linkType: 105)
            try expectRefusal(Data(content), "link type 105 (IEEE 802.11) is")
        }
    }

    @Test func `refuse a pcapng file that has no other frames`() throws {
        try expectRefusal(Self.pcapng([127]), "link type 127 (IEEE 802.11) is")
        try expectRefusal(
            Self.pcapng([189, 147, 189, 227]),
            "link types 147, 189 (USB) and 227 (CAN) are"
        )
        try expectRefusal(
            Self.pcapng([150, 149, 148, 147]),
            "link types 148, 149, 150 and others are"
        )
    }

    @Test func `count frames beside others that are read`() throws {
        // Before the first that is read windows end, and behind the last.
        let scratch = try TemporaryFolder()
        try Self.pcapng([105, 105, 1, 227]).write(to: scratch.url.appending(path: "air.pcapng"))
        let run = try Binary.run(["import", "air.pcapng", "--store", "map.db"], in: scratch.url)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("2 frames could not be decoded: link 105 (IEEE 802.11)"), "\(run.errors)")
        let graph = try coverage(scratch)
        #expect(graph.coverage.frames == 4)
        #expect(graph.edges.count == 1)
    }

    @Test func `do not keep other captures out`() throws {
        let scratch = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: scratch.url.appending(path: "captures"),
            withIntermediateDirectories: false
        )
        try Self.pcapng([105]).write(to: scratch.url.appending(path: "captures/air.pcapng"))
        try Self.pcapng([1]).write(to: scratch.url.appending(path: "captures/wire.pcapng"))
        let run = try Binary.run(["import", "captures", "--store", "map.db"], in: scratch.url)
        #expect(run.status == 3)
        #expect(run.errors.contains("svcmap: captures/air.pcapng: link type 105"), "\(run.errors)")
        #expect(try coverage(scratch).coverage.frames == 1)
    }
}
