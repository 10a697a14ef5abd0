// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import Foundation
import TestKit
import Testing

@Suite struct `A file that is followed` {
    private static let frames = (0..<4).map { CaptureWriter.Frame(at: $0, [UInt8($0), 9, 9]) }

    private func append(_ bytes: some Sequence<UInt8>, to path: String) throws {
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    private static func first(_ frame: borrowing CapturedFrame) -> UInt8 {
        let bytes = frame.bytes
        // Sound: every frame here has three bytes.
        return unsafe bytes.withUnsafeBytes { unsafe $0[0] }
    }

    private static let files = [
        CaptureWriter.pcap(frames), CaptureWriter.pcapng(frames),
        GzipWriter.member(CaptureWriter.pcap(frames)),
    ]

    @Test(arguments: files)
    func `goes on behind its end, wherever that was, until it is told to stop`(file: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("growing")
        // Inside the file header, and inside the third frame.
        let cuts = [5, file.count * 2 / 3, file.count]
        try folder.write(Data(file.prefix(cuts[0])), to: "growing")
        var source = try SavefilePacketSource(path: path, isFollowed: true)
        #expect(try source.read { _ in Issue.record("a frame out of nothing") } == .idle)
        var seen: [UInt8] = []
        for (start, end) in zip(cuts, cuts.dropFirst()) {
            try append(file[start..<end], to: path)
            // The identity of a quiet file waits for more frames, for a while.
            let before = seen.count
            while seen.count == before {
                #expect(try source.read { seen.append(Self.first($0)) } != .ended)
            }
        }
        while try source.read({ seen.append(Self.first($0)) }) == .delivered {}
        #expect(seen == [0, 1, 2, 3])
        source.stopFollowing()
        #expect(try source.read { _ in } == .ended)
        #expect(!source.damage.isLastRecordCut)
    }

    @Test func `that stops inside a record says so`() throws {
        let folder = try TemporaryFolder()
        try folder.write(Data(Self.files[0].dropLast()), to: "growing")
        var source = try SavefilePacketSource(path: folder.file("growing"), isFollowed: true)
        var count = 0
        while count < 3 { _ = try source.read { _ in count += 1 } }
        source.stopFollowing()
        #expect(try source.read { _ in count += 1 } == .ended)
        #expect(count == 3 && source.damage.isLastRecordCut)
    }

    @Test func `and becomes shorter has ended`() throws {
        let folder = try TemporaryFolder()
        try folder.write(Data(Self.files[0]), to: "growing")
        var source = try SavefilePacketSource(path: folder.file("growing"), isFollowed: true)
        var count = 0
        while count < 4 { _ = try source.read { _ in count += 1 } }
        try folder.write(Data(Self.files[0].prefix(30)), to: "growing")
        #expect(throws: CaptureError.self) { _ = try source.read { _ in } }
        #expect(source.damage.damagedRecords == 1)
        #expect(try source.read { _ in } == .ended)
    }
}
