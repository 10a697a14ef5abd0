// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import TestKit
import Testing

@Suite struct `Classic capture files` {
    static let frames = [
        CaptureWriter.Frame(at: 0, PacketBuilder("10.0.0.1", "10.0.0.2").tcp(1, 2, payload: [1, 2, 3])),
        CaptureWriter.Frame(at: 1_234_567_000, [], wireLength: 60),
        CaptureWriter.Frame(at: 999_999_999_000, [9, 8, 7], wireLength: 1_500),
    ]

    @Test(arguments: CaptureWriter.ByteOrder.allCases, CaptureWriter.PcapKind.allCases)
    func `of every variant give the same frames`(
        order: CaptureWriter.ByteOrder,
        kind: CaptureWriter.PcapKind
    ) throws {
        let reading = try CaptureReading(
            CaptureWriter.pcap(Self.frames, linkType: 113, order: order, kind: kind)
        )
        #expect(reading.error == nil)
        #expect(reading.damage == SourceDamage())
        #expect(reading.frames.map(\.nanoseconds) == Self.frames.map(\.time.nanoseconds))
        #expect(reading.frames.map(\.bytes) == Self.frames.map(\.bytes))
        #expect(reading.frames.map(\.wireLength) == [57, 60, 1_500])
        #expect(reading.frames.allSatisfy { $0.linkType == 113 && $0.interfaceNumber == 0 })
    }

    @Test func `with nanoseconds keep them`() throws {
        let frame = CaptureWriter.Frame(at: 123_456_789, [1])
        #expect(
            try CaptureReading(CaptureWriter.pcap([frame])).frames.map(\.nanoseconds) == [
                frame.time.nanoseconds
            ]
        )
    }

    @Test func `may say that frames end in a check sequence`() throws {
        // The f bit, and a length of two 16-bit words, beside Ethernet.
        let reading = try CaptureReading(CaptureWriter.pcap(Self.frames, linkType: 0x2400_0001))
        #expect(reading.frames.map(\.linkType) == [1, 1, 1])
    }

    @Test(arguments: [(UInt16(0), true), (2, true), (3, false), (4, false)])
    func `before version 2_3 had the lengths the other way round`(version: UInt16, isSwapped: Bool) throws {
        var file = CaptureWriter.pcapHeader(minorVersion: version)
        // In version 2.3 either order is found: the captured length is the smaller one.
        let record = CaptureWriter.Frame(at: 0, [1, 2, 3], wireLength: isSwapped ? 3 : 60)
        file += CaptureWriter.pcapRecord(record, claimedLength: isSwapped ? 60 : 3)
        let reading = try CaptureReading(file)
        #expect(reading.frames.map(\.bytes) == [[1, 2, 3]])
        #expect(reading.frames.map(\.wireLength) == [60])
    }

    @Test func `without frames are sound`() throws {
        let reading = try CaptureReading(CaptureWriter.pcapHeader())
        #expect(reading.error == nil)
        #expect(reading.frames.isEmpty)
        #expect(reading.damage == SourceDamage())
    }

    @Test func `longer than the buffer keep records that straddle its end`() throws {
        // Lengths that divide nothing, so that records cross every buffer end differently.
        let frames = (0..<4_000).map { index in
            CaptureWriter.Frame(
                at: Int64(index),
                [UInt8](repeating: UInt8(index & 0xFF), count: 1 + index * 37 % 1_999)
            )
        }
        let file = CaptureWriter.pcap(frames)
        #expect(file.count > 3 * CaptureLimits.bufferLength)
        for reading in [try CaptureReading(file), try CaptureReading(stream: file)] {
            #expect(reading.error == nil)
            #expect(reading.frames.map(\.bytes) == frames.map(\.bytes))
        }
    }

    // MARK: - Ends

    @Test func `cut anywhere in a record end there, normally`() throws {
        let whole = CaptureWriter.pcap(Self.frames)
        let lastStart = whole.count - 16 - 3
        for length in lastStart..<whole.count {
            let reading = try CaptureReading(Array(whole.prefix(length)))
            #expect(reading.error == nil)
            #expect(reading.frames.count == 2)
            #expect(reading.damage.isLastRecordCut == (length > lastStart))
            #expect(reading.damage.damagedRecords == 0)
        }
    }

    @Test func `cut inside their header say so`() throws {
        for length in 4..<24 {
            let reading = try CaptureReading(Array(CaptureWriter.pcapHeader().prefix(length)))
            #expect(reading.error?.code == .notACapture)
            #expect(reading.error?.message.contains("ends at byte \(length), inside its file header") == true)
        }
    }

    // MARK: - Damage

    @Test func `with an absurd length keep what is before it`() throws {
        var file = CaptureWriter.pcap(Array(Self.frames.prefix(2)))
        let offset = file.count
        file += CaptureWriter.pcapRecord(Self.frames[2], claimedLength: 0xFFFF_FFF0)
        for reading in [try CaptureReading(file), try CaptureReading(stream: file)] {
            #expect(reading.frames.count == 2)
            #expect(reading.error?.code == .damaged)
            #expect(reading.error?.message.contains("damaged at byte \(offset)") == true)
            #expect(reading.damage.damagedRecords == 1)
            #expect(reading.damage.firstDamageOffset == UInt64(offset))
            #expect(!reading.damage.isLastRecordCut)
        }
    }

    @Test func `whose last record contradicts itself are damaged, not cut`() throws {
        var file = CaptureWriter.pcap(Array(Self.frames.prefix(1)))
        // More captured than was on the wire, and more than the file holds.
        file += CaptureWriter.pcapRecord(CaptureWriter.Frame(at: 0, [1, 2, 3]), claimedLength: 200)
        let reading = try CaptureReading(file)
        #expect(reading.frames.count == 1)
        #expect(reading.error?.code == .damaged)
        #expect(reading.damage.damagedRecords == 1)
        #expect(!reading.damage.isLastRecordCut)
    }

    @Test func `with a captured length beyond the wire length give what was captured`() throws {
        let reading = try CaptureReading(
            CaptureWriter.pcap([CaptureWriter.Frame(at: 0, [1, 2, 3], wireLength: 2)])
        )
        #expect(reading.frames.map(\.bytes) == [[1, 2, 3]])
        #expect(reading.frames.map(\.wireLength) == [3])
    }

    @Test func `with a captured length beyond the snap length give what was captured`() throws {
        let file = CaptureWriter.pcapHeader(snapLength: 2) + CaptureWriter.pcapRecord(Self.frames[2])
        #expect(try CaptureReading(file).frames.map(\.bytes) == [[9, 8, 7]])
    }

    @Test func `of another version are unsupported`() throws {
        var file = CaptureWriter.pcap(Self.frames)
        file[4] = 3
        let reading = try CaptureReading(file)
        #expect(reading.error?.code == .unsupported)
        #expect(reading.error?.message.contains("version 3") == true)
    }
}
