// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import FlowModel
import Foundation
import Storage

/// Reads one capture file, or standard input, into a store.
struct CaptureImport {
    /// Which capture of how many.
    struct Place {
        let number: Int
        let count: Int
    }

    /// What came of it.
    struct Outcome {
        var totals = ImportTotals()
        /// The capture could be read in full.
        var isComplete = true
    }

    let file: String
    let configuration: MeteringEngine.Configuration
    let fold: EdgeFold
    let store: WindowStore
    let place: Place
    /// What ends the import of a file that is followed; `nil` where it ends with the file.
    var stop: StopSignals?

    /// Prints what was seen and what was wrong.
    ///
    /// - Returns: What it said in all, and whether it could be read in full.
    /// - Throws: `StorageError` where the store could not take the reports.
    func run() throws -> Outcome {
        // A capture of which no frame can be read leaves nothing behind.
        let sink = ReportSink(store: store, fold: fold, isHolding: true)
        var complaint: CaptureError?
        do throws(CaptureError) {
            complaint = try read(into: sink)
        } catch {
            complaint = error
        }
        Console.clearProgress()
        if let failure = sink.failure { throw failure }
        if sink.totals.refusedReports > 0 {
            Console.note(
                "\(name): \(Figures.count(sink.totals.refusedReports, "window")) left out: windows of that time were "
                    + "pruned from this store; import into a new one"
            )
        }
        if sink.totals.coverage.frames > 0 || complaint == nil && sink.totals.refusedReports == 0 {
            let summary = ImportSummary(totals: sink.totals, name: name)
            for line in place.count > 1 ? [summary.line] : summary.lines { Console.write(line) }
        }
        if let complaint { Console.error(complaint.message) }
        return Outcome(totals: sink.totals, isComplete: complaint == nil)
    }

    private var name: String { file == "-" ? "standard input" : file }

    /// Reads to the end, or to the damage, which the engine is told of first.
    private func read(into sink: ReportSink) throws(CaptureError) -> CaptureError? {
        var source = try SavefilePacketSource(path: file, isFollowed: stop != nil)
        if stop != nil { Console.note("following \(file) (Ctrl-C stops)") }
        while try !source.prepare() {
            if stop?.isSet == true { source.stopFollowing() }
        }
        try source.checkLinkType()
        guard let identity = source.identity else { return nil }
        if stop == nil, source.length != nil { alignClocks(of: &source) }
        let engine = MeteringEngine(
            configuration: configuration,
            reporter: Reporter(id: identity.text, name: file == "-" ? "standard input" : Self.baseName(file)),
            emit: sink.accept
        )
        if let streams = engine.streamThread { source.readAhead(for: streams) }
        var complaint: CaptureError?
        var progress = startProgress(source)
        reading: while sink.failure == nil {
            do throws(CaptureError) {
                switch try source.read(batches: { engine.account($0, of: $1) }) {
                case .delivered, .idle: break
                case .ended: break reading
                }
                for name in source.takeNames() { engine.note(name) }
            } catch {
                complaint = error
                break
            }
            if engine.unreadLinks.frames < source.frameCount { sink.release() }
            if stop?.isSet == true { source.stopFollowing() }
            if let line = progress?.line(bytes: source.bytesRead, at: .now, width: Console.width) {
                Console.progress(line)
            }
        }
        for name in source.takeNames() { engine.note(name) }
        let isUnread = source.frameCount > 0 && engine.unreadLinks.frames == source.frameCount
        if !isUnread { sink.release() }
        let damage = source.damage
        for (cause, count) in [
            (LossCause.damagedRecords, damage.damagedRecords),
            (.kernelDropped, damage.kernelDropped),
            (.interfaceDropped, damage.interfaceDropped), (.droppedNames, damage.droppedNames),
        ] where count > 0 {
            engine.account(cause, count: count)
        }
        engine.finish()
        return isUnread ? engine.unreadLinks.refusal(of: name) : complaint ?? source.skippedRecords
    }

    /// Puts right the times of interfaces that were captured by other clocks, and says so.
    private func alignClocks(of source: inout SavefilePacketSource) {
        // What is wrong with the file is found when it is read.
        guard let clocks = try? ClockSurvey(path: file) else { return }
        source.align(clocks)
        for offset in clocks.offsets {
            let tenths = (abs(offset.nanoseconds) + 50_000) / 100_000
            let difference = "\(Figures.count(tenths / 10)).\(tenths % 10) ms"
            let side = offset.nanoseconds > 0 ? "ahead of" : "behind"
            Console.note(
                "\(name): the clock of interface \(offset.interface) is \(difference) \(side) that of interface "
                    + "\(offset.reference), by handshakes that both saw; its times were put right"
            )
        }
    }

    /// `nil` where no person is watching.
    private func startProgress(_ source: borrowing SavefilePacketSource) -> ImportProgress? {
        guard Console.isTerminal else { return nil }
        return ImportProgress(
            name: place.count > 1 ? "(\(place.number) of \(place.count)) \(name)" : name,
            // What is followed has no end that is known.
            length: stop == nil ? source.length : nil,
            now: .now
        )
    }

    private static func baseName(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }
}
