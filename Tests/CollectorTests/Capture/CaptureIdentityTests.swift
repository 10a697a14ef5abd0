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

    @Test func `tells files apart by their end, beyond what is hashed of the beginning`() throws {
        let one = try CaptureReading(Self.file(1_500, lastByte: 1)).identity
        let other = try CaptureReading(Self.file(1_500, lastByte: 2)).identity
        #expect(one != nil && one != other)
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

    @Test func `of a stream does not depend on how it arrives`() throws {
        let short = Self.file(3)
        let long = Self.file(500)
        #expect(try CaptureReading(stream: short).identity == CaptureReading(stream: short).identity)
        #expect(try CaptureReading(stream: long).identity == CaptureReading(stream: long).identity)
        #expect(try CaptureReading(stream: short).identity != CaptureReading(stream: long).identity)
    }
}
