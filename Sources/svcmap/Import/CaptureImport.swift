// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import Storage

/// Reads one capture file, or standard input, into a store.
struct CaptureImport {
    /// How often a terminal hears of the progress, in frames; rates are not measured, so that
    /// nothing depends on the clock.
    private static let progressInterval: UInt64 = 200_000

    let file: String
    let configuration: MeteringEngine.Configuration
    let store: WindowStore

    /// Prints what was seen and what was wrong.
    ///
    /// - Returns: `false` where the capture could not be read in full.
    /// - Throws: `StorageError` where the store could not take the reports.
    func run() throws -> Bool {
        let sink = ReportSink(store: store)
        var complaint: CaptureError?
        do throws(CaptureError) {
            complaint = try read(into: sink)
        } catch {
            complaint = error
        }
        Console.clearProgress()
        if let failure = sink.failure { throw failure }
        if sink.coverage.frames > 0 || complaint == nil {
            for line in ImportSummary(sink: sink, name: name).lines { Console.write(line) }
        }
        if let complaint { Console.error(complaint.message) }
        return complaint == nil
    }

    private var name: String { file == "-" ? "standard input" : file }

    /// Reads to the end, or to the damage, which the engine is told of first.
    private func read(into sink: ReportSink) throws(CaptureError) -> CaptureError? {
        var source = try SavefilePacketSource(path: file)
        while try !source.prepare() {}
        guard let identity = source.identity else { return nil }
        let engine = MeteringEngine(
            configuration: configuration,
            reporter: Reporter(id: identity.text, name: file == "-" ? "standard input" : Self.baseName(file)),
            emit: sink.accept
        )
        var complaint: CaptureError?
        var announced: UInt64 = 0
        reading: while sink.failure == nil {
            do throws(CaptureError) {
                switch try source.read({ engine.account($0) }) {
                case .delivered, .idle: break
                case .ended: break reading
                }
            } catch {
                complaint = error
                break
            }
            if source.frameCount / Self.progressInterval > announced {
                announced = source.frameCount / Self.progressInterval
                Console.progress("svcmap: \(name): \(source.frameCount) frames")
            }
        }
        let damage = source.damage
        for (cause, count) in [
            (LossCause.damagedRecords, damage.damagedRecords),
            (.kernelDropped, damage.kernelDropped),
            (.interfaceDropped, damage.interfaceDropped),
        ] where count > 0 {
            engine.account(cause, count: count)
        }
        engine.finish()
        return complaint ?? source.skippedRecords
    }

    private static func baseName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
