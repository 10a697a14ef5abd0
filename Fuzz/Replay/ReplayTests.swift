// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import Foundation
import TestKit
import Testing

/// What fuzzers found, and what leads them to most of the code, through the same harnesses.
///
/// One after the other: harnesses share a scratch file.
@Suite(.serialized) struct `Inputs of fuzzers` {
    typealias Harness = (UnsafeRawPointer?, Int) -> CInt

    private static let folder = Checkout.root + "/Fuzz/Regressions/"

    private static func harness(_ name: String) -> Harness? {
        switch name {
        case "PacketHeaders": unsafe fuzzPacketHeaders
        case "CaptureFile": unsafe fuzzCaptureFile
        case "Stream": unsafe fuzzStream
        case "Datagrams": unsafe fuzzDatagrams
        case "Engine": unsafe fuzzEngine
        case "ObjectDump": unsafe fuzzObjectDump
        case "Expression": unsafe fuzzExpression
        default: nil
        }
    }

    @Test(arguments: [
        "PacketHeaders", "CaptureFile", "Stream", "Datagrams", "Engine", "ObjectDump", "Expression",
    ])
    func `break no rule and never trap`(name: String) throws {
        guard let harness = unsafe Self.harness(name) else {
            Issue.record("no harness \(name)")
            return
        }
        unsafe try replay(name, through: harness)
    }

    @Test(arguments: PresumedProtocol.all)
    func `break no rule of any dissector and never trap`(presumed: PresumedProtocol) throws {
        unsafe try replay("Dissector/" + presumed.name) { unsafe fuzz(presumed, $0, $1) }
    }

    private func replay(_ name: String, through harness: Harness) throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder + name).sorted()
        #expect(!files.isEmpty)
        for file in files {
            let content = try Data(contentsOf: URL(filePath: Self.folder + name + "/" + file))
            // Sound: the harness does not keep the pointer.
            let code = unsafe content.withUnsafeBytes { unsafe harness($0.baseAddress, $0.count) }
            #expect(code == 0, "\(name)/\(file)")
        }
    }

    /// The fuzzer has a harness more, which is compiled with tables that no other module sees.
    @Test func `every folder has a harness`() throws {
        let others = ["Tables", "Dissector"]
        for name in try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        where !others.contains(name) {
            let isKnown = unsafe Self.harness(name) != nil
            #expect(isKnown, "\(name)")
        }
        let protocols = try FileManager.default.contentsOfDirectory(atPath: Self.folder + "Dissector")
        #expect(protocols.sorted() == PresumedProtocol.all.map(\.name).sorted())
    }
}
