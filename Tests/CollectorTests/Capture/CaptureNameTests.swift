// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

/// Name resolution blocks (draft-ietf-opsawg-pcapng section 4.5).
@Suite struct `Names in capture files` {
    private static let frame = CaptureWriter.Frame(at: 0, PacketBuilder("10.0.0.1", "10.0.0.2").udp(1, 2))

    private static func record(_ type: UInt16, _ value: [UInt8], _ order: CaptureWriter.ByteOrder) -> [UInt8]
    {
        var bytes: [UInt8] = []
        CaptureWriter.append(type, order, to: &bytes)
        CaptureWriter.append(UInt16(value.count), order, to: &bytes)
        return bytes + value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4)
    }

    private static func file(_ records: [UInt8], _ order: CaptureWriter.ByteOrder = .littleEndian) -> [UInt8]
    {
        CaptureWriter.sectionHeader(order: order) + CaptureWriter.interfaceDescription(order: order)
            + CaptureWriter.block(4, records, order: order)
            + CaptureWriter.enhancedPacket(frame, order: order)
    }

    private static let shop: [UInt8] = [10, 0, 0, 2] + Array("Shop.Example.\0db.example\0".utf8)
    private static let six: [UInt8] =
        [0xFC, 0x01] + [UInt8](repeating: 0, count: 13) + [9] + Array("six.example\0".utf8)

    private struct Reading {
        var names: [String] = []
        var damaged: UInt64 = 0
        var frames: UInt64 = 0
    }

    private func read(path: String) throws -> Reading {
        var source = try SavefilePacketSource(path: path)
        var reading = Reading()
        while try source.read({ _ in }) != .ended {
            reading.names += source.takeNames().map { "\($0.address) \($0.name)" }
        }
        reading.names += source.takeNames().map { "\($0.address) \($0.name)" }
        reading.damaged = source.damage.damagedRecords
        reading.frames = source.frameCount
        return reading
    }

    private func read(_ content: [UInt8]) throws -> Reading {
        let folder = try TemporaryFolder()
        try folder.write(Data(content), to: "names.pcapng")
        return try read(path: folder.file("names.pcapng"))
    }

    @Test(arguments: CaptureWriter.ByteOrder.allCases)
    func `are read from records of both kinds, several in one`(order: CaptureWriter.ByteOrder) throws {
        let comment = Self.record(1, Array("by hand".utf8), order)
        let records =
            Self.record(1, Self.shop, order) + Self.record(3, [1, 2, 3, 4, 5, 6, 0x61, 0], order)
            + Self.record(2, Self.six, order) + Self.record(0, [], order) + comment
        let reading = try read(Self.file(records, order))
        #expect(reading.names == ["10.0.0.2 shop.example", "10.0.0.2 db.example", "fc01::9 six.example"])
        #expect(reading.damaged == 0)
        #expect(reading.frames == 1)
    }

    @Test func `that are malformed are counted, and the others kept`() throws {
        let order = CaptureWriter.ByteOrder.littleEndian
        let good = Self.record(1, Self.shop, order)
        let end = Self.record(0, [], order)
        let both = ["10.0.0.2 shop.example", "10.0.0.2 db.example"]
        for bad: [UInt8] in [
            Self.record(1, [10, 0, 0, 3], order), Self.record(1, [10, 0], order),
            Self.record(1, [10, 0, 0, 3] + Array("unended".utf8), order),
            Self.record(1, [10, 0, 0, 3, 0, 0], order),
            Self.record(1, [10, 0, 0, 3] + [UInt8](repeating: 0x61, count: 255) + [0], order),
            Self.record(2, [UInt8](repeating: 1, count: 16), order),
        ] {
            let reading = try read(Self.file(bad + good + end))
            #expect(reading.names == both)
            #expect(reading.damaged == 1)
            #expect(reading.frames == 1)
        }
        // A length beyond the block, and no end.
        for bad: [UInt8] in [[1, 0, 200, 0], []] {
            let reading = try read(Self.file(good + bad))
            #expect(reading.names == both)
            #expect(reading.damaged == 1)
        }
    }

    /// What `tshark -r FILE -z hosts -q` prints: one name of each address, where we keep all.
    @Test(arguments: [
        (
            "output_be/basic/test016.pcapng",
            [
                "10.1.2.3 foo.example.org", "10.1.2.4 bar.example.org", "192.168.1.2 qux.example.com",
                "192.168.1.3 bar.example.com", "192.168.3.4 foo.example.net", "192.168.3.5 bar.example.net",
            ]
        ),
        (
            "output_le/difficult/test202.pcapng",
            [
                "10.1.2.3 example.org", "10.1.2.4 bar.example.org", "192.168.1.2 qux.example.com",
                "192.168.1.3 bar.example.com", "192.168.1.8 example.com", "fc01:dead::beef foo.example.com",
                "fc01:feed::beef bar.example.net",
            ]
        ),
    ])
    func `are those that tshark finds`(name: String, names: [String]) throws {
        guard let folder = Corpus.folder else { return }
        let reading = try read(path: "\(folder)/hadrielk__pcapng-test-generator/\(name)")
        #expect(Set(names).isSubset(of: reading.names))
        func addresses(_ lines: [String]) -> Set<String> {
            Set(lines.compactMap { $0.split(separator: " ").first.map(String.init) })
        }
        #expect(addresses(reading.names) == addresses(names))
        #expect(reading.damaged == 0)
    }

    @Test func `reach the reports as the weakest source, bounded`() throws {
        let endpoints = (0..<3).map { RecordedName(address: IPAddress(v4: UInt32($0)), name: "n\($0)") }
        let script = FrameScript { $0.maximumNames = 2 }
        for name in endpoints { script.engine.note(name) }
        script.udp(0, [Leg(client: "10.0.0.1", server: "10.0.0.2")], payload: [1])
        script.engine.note(endpoints[1])
        script.engine.note(endpoints[2])
        let reports = script.finish()
        #expect(reports.flatMap(\.names).map(\.name) == ["n0", "n1"])
        #expect(reports.flatMap(\.names).allSatisfy { $0.source == .captureFile })
        #expect(reports.coverage.losses[.droppedNames] == 2)
        #expect(NameObservation.Source.allCases.max { $0.rawValue < $1.rawValue } == .captureFile)
    }
}
