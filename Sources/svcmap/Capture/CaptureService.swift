// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import ServiceLifecycle
import Storage

/// Captures an interface into a store until it is told to stop.
///
/// Packets are read on a thread of its own, which owns the engine; nothing is shared with it
/// but the stop flag.
struct CaptureService: Service {
    let interface: String
    let storePath: String
    let configuration: MeteringEngine.Configuration
    let fold: EdgeFold
    /// Is handed the store when it is open.
    let opened: AsyncStream<WindowStore>.Continuation

    func run() async throws {
        defer { opened.finish() }
        let stop = StopFlag()
        try await withGracefulShutdownHandler {
            try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Void, any Error>) in
                let thread = Thread {
                    ended.resume(with: Result { try capture(until: stop) })
                }
                thread.name = "capture \(interface)"
                // Frames are decoded here; the default of secondary threads is small.
                thread.stackSize = 8 << 20
                thread.start()
            }
        } onGracefulShutdown: {
            stop.set()
        }
    }

    private func capture(until stop: StopFlag) throws {
        // The handle before the store: without permission nothing is created.
        var source = try LivePacketSource(interface: interface)
        let store = try WindowStore(path: storePath, access: .readWrite)
        opened.yield(store)
        let sink = ReportSink(store: store, fold: fold)
        let engine = MeteringEngine(
            configuration: configuration,
            reporter: Reporter(id: Self.reporterID(interface: interface), name: interface),
            emit: sink.accept
        )
        Console.note("capturing on \(interface) into \(storePath) (Ctrl-C stops)")
        var told = SourceDamage()
        var failure: (any Error)?
        while !stop.isSet, sink.failure == nil {
            do {
                _ = try source.read { engine.account($0) }
            } catch {
                failure = error
                break
            }
            let damage = source.damage
            if damage != told {
                engine.account(.kernelDropped, count: damage.kernelDropped - told.kernelDropped)
                engine.account(.interfaceDropped, count: damage.interfaceDropped - told.interfaceDropped)
                told = damage
            }
        }
        engine.finish()
        for line in ImportSummary(sink: sink, name: interface).lines { Console.write(line) }
        if let failure = sink.failure ?? failure { throw failure }
        try store.close()
    }

    /// Unique to this run: host, interface, process and start.
    private static func reporterID(interface: String) -> String {
        let start = Int64(Date().timeIntervalSince1970 * 1_000)
        return "\(ProcessInfo.processInfo.hostName)/\(interface)/\(getpid())/\(start)"
    }
}
