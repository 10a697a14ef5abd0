// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import TestKit
import Testing

@Suite struct `Captures in gzip` {
    static let frames = (0..<3_000).map { index in
        CaptureWriter.Frame(at: Int64(index), [UInt8](repeating: UInt8(index & 0xFF), count: index % 900))
    }
    static let file = CaptureWriter.pcap(frames)

    /// A pcap file of one UDP frame (10.0.0.1:1 to 10.0.0.2:2, payload "aaaaaaaaaaaaaaaa") as
    /// `gzip -9n` compresses it, with Huffman codes.
    static let compressed: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 243, 181, 217, 180, 144, 137, 129, 133, 1, 1, 88, 24, 24,
        65, 212, 199, 224, 84, 16, 101, 5, 197, 76, 32, 14, 19, 152, 100, 228, 96, 112, 101, 96,
        208, 1, 49, 29, 4, 25, 24, 184, 128, 34, 92, 32, 5, 140, 64, 44, 193, 192, 144, 136, 6, 0,
        38, 97, 33, 12, 98, 0, 0, 0,
    ]

    @Test func `are read as if they were not`() throws {
        let plain = try CaptureReading(Self.file)
        let member = GzipWriter.member(Self.file)
        for reading in [try CaptureReading(member), try CaptureReading(stream: member)] {
            #expect(reading.error == nil)
            #expect(reading.damage == SourceDamage())
            #expect(reading.frames == plain.frames)
        }
        #expect(plain.frames.count == 3_000)
    }

    @Test func `are decompressed`() throws {
        let reading = try CaptureReading(Self.compressed)
        #expect(reading.error == nil)
        #expect(reading.frames.map(\.bytes.count) == [58])
        #expect(reading.frames.first?.bytes.suffix(16) == Array("aaaaaaaaaaaaaaaa".utf8)[...])
    }

    @Test func `may be several members, with zeros behind the last`() throws {
        let cut = Self.file.count / 2 + 3
        let members =
            GzipWriter.member(Array(Self.file.prefix(cut))) + GzipWriter.member([])
            + GzipWriter.member(Array(Self.file.dropFirst(cut)))
        for file in [members, members + Array(repeating: 0, count: 700)] {
            let reading = try CaptureReading(file)
            #expect(reading.error == nil)
            #expect(reading.damage == SourceDamage())
            #expect(reading.frames.count == 3_000)
        }
    }

    @Test(arguments: [9, 40, 5_000, 100_000])
    func `that are cut keep what was readable, normally`(length: Int) throws {
        let reading = try CaptureReading(Array(GzipWriter.member(Self.file).prefix(length)))
        guard length > 9 else {
            #expect(reading.error?.message.contains("decompresses to nothing") == true)
            return
        }
        #expect(reading.error == nil)
        #expect(reading.damage.isLastRecordCut)
        #expect(reading.damage.damagedRecords == 0)
        #expect(reading.frames.map(\.bytes) == Self.frames.prefix(reading.frames.count).map(\.bytes))
        #expect(length < 5_000 || reading.frames.count > 50)
    }

    @Test func `with a wrong checksum keep everything and say so`() throws {
        var member = GzipWriter.member(Self.file)
        member[member.count - 8] ^= 1
        let reading = try CaptureReading(member)
        #expect(reading.frames.count == 3_000)
        #expect(reading.error?.code == .damaged)
        #expect(reading.error?.message.contains("gzip") == true)
        #expect(reading.damage.damagedRecords == 1)
    }

    @Test func `with other data behind them keep everything and say so`() throws {
        let reading = try CaptureReading(GzipWriter.member(Self.file) + Array("trailer".utf8))
        #expect(reading.frames.count == 3_000)
        #expect(reading.error?.code == .damaged)
        #expect(reading.error?.message.contains("other data follows") == true)
    }

    @Test func `damaged in the middle keep what is before`() throws {
        // The complement of a stored block's length no longer fits: the third block's header
        // begins behind 10 bytes and two blocks.
        var member = GzipWriter.member(Self.file)
        member[10 + 2 * (5 + 65_535) + 3] ^= 0xFF
        let reading = try CaptureReading(member)
        #expect(reading.error?.code == .damaged)
        #expect(reading.damage.damagedRecords == 1)
        #expect((1..<3_000).contains(reading.frames.count))
        #expect(reading.frames.map(\.bytes) == Self.frames.prefix(reading.frames.count).map(\.bytes))
    }

    @Test func `inside gzip are refused`() throws {
        let reading = try CaptureReading(GzipWriter.member(GzipWriter.member(Self.file)))
        #expect(reading.error?.code == .notACapture)
        #expect(reading.error?.message.contains("gzip inside gzip") == true)
    }
}
