// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import CAllocationCount
import Collector
import FlowModel

/// How far frames of a capture are taken; each layer includes those before it.
enum Layer: String, CaseIterable {
    /// Records become frames.
    case read
    /// Frames become headers.
    case decode
    /// Headers become window reports, without dissectors, as `--flows-only` does.
    case flows
    /// Headers become window reports, dissectors included, which nobody stores.
    case account

    /// What a stretch of a capture allocated.
    struct Steady {
        var allocations: UInt64 = 0
        var frames: UInt64 = 0
    }

    /// Takes a whole capture once, and returns how many frames it has.
    func run(path: String) throws -> UInt64 {
        try forEachFrame(of: path) { _ in }
    }

    /// Counts allocations from behind a warm-up to the last frame; what the end of input costs is
    /// not in it.
    func allocations(path: String, warmUp: UInt64) throws -> Steady {
        var steady = Steady()
        var beginning: UInt64 = 0
        _ = try forEachFrame(of: path) { number in
            if number == warmUp {
                beginning = svcmap_allocation_count()
            } else if number > warmUp {
                steady.allocations = svcmap_allocation_count() &- beginning
                steady.frames &+= 1
            }
        }
        return steady
    }

    /// Calls a body with the number of each frame once the layer is through with it.
    private func forEachFrame(of path: String, _ body: (UInt64) -> Void) throws -> UInt64 {
        var source = try SavefilePacketSource(path: path)
        var configuration = MeteringEngine.Configuration()
        configuration.dissects = self != .flows
        let engine = MeteringEngine(
            configuration: configuration,
            reporter: Reporter(id: "benchmark", name: "benchmark"),
            emit: { _ in }
        )
        var number: UInt64 = 0
        var payload = 0
        while try source.read(batches: { batch, bytes in
            switch self {
            case .read:
                break
            case .decode:
                for index in 0..<batch.count {
                    let frame = batch.frame(index, of: bytes)
                    // An undecodable frame is a result too; only its cost matters here.
                    payload &+=
                        (try? PacketHeaders.decode(frame.bytes, linkType: frame.linkType))?.payloadLength ?? 0
                }
            case .flows, .account:
                engine.account(batch, of: bytes)
            }
            for _ in 0..<batch.count {
                number &+= 1
                body(number)
            }
        }) != .ended {}
        engine.finish()
        // Headers that nobody looks at might not be read.
        return payload == .min ? 0 : source.frameCount
    }
}
