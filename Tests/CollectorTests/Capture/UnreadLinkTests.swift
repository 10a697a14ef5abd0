// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

@Suite struct `Link types` {
    /// What the file header alone can tell must be what decoding its frames would find.
    @Test func `are refused by their file where no frame of theirs is decoded`() throws {
        let folder = try TemporaryFolder()
        var refused = 0
        for type in UInt32(0)..<400 {
            try folder.write(Data(CaptureWriter.pcapHeader(linkType: type)), to: "file.pcap")
            var source = try SavefilePacketSource(path: folder.file("file.pcap"))
            while try !source.prepare() {}
            var refusal: CaptureError?
            do throws(CaptureError) { try source.checkLinkType() } catch { refusal = error }
            var isDecoded = true
            do throws(DecodeError) {
                _ = try decoded([], linkType: type)
            } catch {
                isDecoded = error != .unsupportedLink(type)
            }
            #expect((refusal == nil) == isDecoded, "link type \(type)")
            #expect(refusal == nil || refusal?.code == .unsupported)
            refused += refusal == nil ? 0 : 1
        }
        // tcpdump.org/linktypes.html: Ethernet, two cooked, two of loopback, five of IP, two of PPP.
        #expect(refused == 400 - 12)
    }

    @Test func `that are not read are counted by the engine`() throws {
        let engine = MeteringEngine(
            configuration: .init(),
            reporter: Reporter(id: "reporter", name: "reporter")
        ) { _ in }
        let folder = try TemporaryFolder()
        let interfaces = [UInt16(1), 105].map { CaptureWriter.Interface(linkType: $0) }
        let frames = [0, 1, 1, 0, 1].enumerated().map { index, interface in
            CaptureWriter.Frame(at: Int64(index), [1, 2, 3], interface: interface)
        }
        try folder.write(Data(CaptureWriter.pcapng(frames, interfaces: interfaces)), to: "file.pcapng")
        var source = try SavefilePacketSource(path: folder.file("file.pcapng"))
        while try source.read({ engine.account($0) }) != .ended {}
        #expect(source.frameCount == 5)
        #expect(engine.unreadLinks.frames == 3)
    }
}
