// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import TestKit
import Testing

/// Looking at the tables for several frames before the first is accounted changes no number.
@Suite struct `Batches of frames` {
    private static func reports(
        _ path: String,
        isBatched: Bool,
        configuration: MeteringEngine.Configuration = .init()
    ) throws -> [WindowReport] {
        var reports: [WindowReport] = []
        let engine = MeteringEngine(
            configuration: configuration,
            reporter: Reporter(id: "test", name: "test")
        ) { reports.append($0) }
        var source = try SavefilePacketSource(path: path)
        // A damaged capture is one up to its damage.
        if isBatched {
            while let progress = try? source.read(batches: { engine.account($0, of: $1) }), progress != .ended
            {}
        } else {
            while let progress = try? source.read({ engine.account($0) }), progress != .ended {}
        }
        engine.finish()
        return reports
    }

    @Test func `make no difference to public captures`() throws {
        guard let folder = Corpus.folder else { return }
        var count = 0
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() {
            let path = folder + "/" + file
            guard let source = try? SavefilePacketSource(path: path), source.length != nil else { continue }
            let single = try Self.reports(path, isBatched: false)
            #expect(try Self.reports(path, isBatched: true) == single, "\(file)")
            count += 1
        }
        #expect(count > 0)
    }

    /// Where flows are pushed out, slots change their owner between the look ahead and the frame.
    @Test(arguments: [1, 7, 64, 262_144])
    func `make no difference to a cluster, however many flows are kept`(maximumFlows: Int) throws {
        guard let path = Checkout.recording("demo.pcap") else { return }
        var configuration = MeteringEngine.Configuration()
        configuration.maximumFlows = maximumFlows
        let single = try Self.reports(path, isBatched: false, configuration: configuration)
        #expect(!single.isEmpty)
        #expect(try Self.reports(path, isBatched: true, configuration: configuration) == single)
    }
}
