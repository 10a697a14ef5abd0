// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import Foundation
import TestKit
import Testing

@Suite struct `The identity of a capture` {
    static func file(_ count: Int, lastByte: UInt8 = 0) -> [UInt8] {
        let frames = (0..<count).map {
            CaptureWriter.Frame(at: Int64($0), [UInt8](repeating: 1, count: 1_000))
        }
        return CaptureWriter.pcap(frames + [CaptureWriter.Frame(at: Int64(count), [lastByte])])
    }

    @Test func `is sixteen hexadecimal characters of its content`() throws {
        let identity = try #require(try CaptureReading(Self.file(3)).identity)
        #expect(identity.utf8.count == 16)
        #expect(identity.allSatisfy { $0.isHexDigit && !$0.isUppercase })
        // Another path, the same content.
        #expect(try CaptureReading(Self.file(3)).identity == identity)
        #expect(try CaptureReading(Self.file(4)).identity != identity)
    }

    @Test func `is the same for a file, its compressed copy and a pipe`() throws {
        for file in [Self.file(3), Self.file(1_500)] {
            let identity = try CaptureReading(file).identity
            #expect(identity != nil)
            #expect(try CaptureReading(GzipWriter.member(file)).identity == identity)
            #expect(try CaptureReading(stream: file).identity == identity)
        }
    }

    @Test func `is that of the beginning, so that a capture which has grown stays itself`() throws {
        let grown = try CaptureReading(Self.file(1_500)).identity
        #expect(try CaptureReading(Array(Self.file(1_500).prefix(100_003))).identity == grown)
        #expect(try CaptureReading(Self.file(1_500, lastByte: 2)).identity == grown)
        // Cut inside the last frame that counts, it is another capture.
        let end = 24 + CaptureLimits.identityFrames * (16 + 1_000)
        #expect(try CaptureReading(Array(Self.file(1_500).prefix(end))).identity == grown)
        #expect(try CaptureReading(Array(Self.file(1_500).prefix(end - 1))).identity != grown)
    }

    @Test func `never rests on descriptions alone, however long they are`() throws {
        let description = CaptureWriter.block(
            0x0000_0BAD,
            Array(repeating: 5, count: 300_000)
        )
        let identities = try [UInt8(1), 2, 1].map { byte in
            try CaptureReading(
                CaptureWriter.sectionHeader() + description + CaptureWriter.interfaceDescription()
                    + CaptureWriter.enhancedPacket(CaptureWriter.Frame(at: 0, [byte]))
            )
            .identity
        }
        #expect(identities[0] != nil && identities[0] != identities[1] && identities[0] == identities[2])
    }

    @Test func `of a quiet stream waits for a frame, and for no more`() throws {
        let pipe = Pipe()
        let file = Self.file(0)
        try pipe.fileHandleForWriting.write(contentsOf: Data(file.prefix(24)))
        var source = try SavefilePacketSource(path: "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)")
        // All file headers are alike: no identity may be made of one, however long it is quiet.
        for _ in 0..<9 {
            #expect(try source.read { _ in } == .idle)
            #expect(source.identity == nil)
        }
        try pipe.fileHandleForWriting.write(contentsOf: Data(file.dropFirst(24)))
        var frameCount = 0
        #expect(try source.read { _ in frameCount += 1 } == .delivered)
        #expect(frameCount == 1)
        #expect(source.identity != nil)
        #expect(try source.read { _ in } == .idle)
        try pipe.fileHandleForWriting.close()
        #expect(try source.read { _ in } == .ended)
        try pipe.fileHandleForReading.close()
    }

    @Test(arguments: [0, 1, 2, 3])
    func `knows every byte, length and time of its frames`(place: Int) throws {
        let frames = (0..<40).map { CaptureWriter.Frame(at: $0, [1, 2, 3], wireLength: 90) }
        var other = frames
        switch place {
        case 0: other[31].bytes[2] ^= 1
        case 1: other[0].wireLength = 91
        case 2: other[7].time = frames[8].time
        default: break
        }
        let identity = try CaptureReading(CaptureWriter.pcap(frames)).identity
        let linkType: UInt32 = place == 3 ? 113 : 1
        #expect(try CaptureReading(CaptureWriter.pcap(other, linkType: linkType)).identity != identity)
        #expect(try CaptureReading(CaptureWriter.pcapng(frames)).identity == identity)
    }

    @Test func `of a stream does not depend on how it arrives`() throws {
        let short = Self.file(3)
        let long = Self.file(500)
        #expect(try CaptureReading(stream: short).identity == CaptureReading(stream: short).identity)
        #expect(try CaptureReading(stream: long).identity == CaptureReading(stream: long).identity)
        #expect(try CaptureReading(stream: short).identity != CaptureReading(stream: long).identity)
    }
}
