// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

extension MeteringEngine.State {
    /// Late windows kept open at once; one more reports the oldest.
    private static let maximumLateWindows = 8

    /// Moves packet time on to a frame: patience ends, and windows that are over are reported.
    ///
    /// For nearly all frames nothing is due.
    @inline(__always)
    mutating func advance(toFrameAt time: Timestamp) {
        if time >= timeline.latest, time < timeline.dueAt, time < table.nextDeadline,
            !fragments.isDue(at: time), timeline.segmentStart != nil
        {
            now = max(now, time)
            timeline.see(time)
        } else {
            advanceFar(toFrameAt: time)
        }
    }

    private mutating func advanceFar(toFrameAt time: Timestamp) {
        guard timeline.segmentStart != nil else {
            beginStretch(at: time)
            return
        }
        let step = time - timeline.latest
        if step > WindowTimeline.maximumJumpNanoseconds || step < -WindowTimeline.maximumJumpNanoseconds {
            endStretch()
            beginStretch(at: time)
            window(at: time).add(.clockSteps)
            return
        }
        if step < 0 {
            window(at: time).add(.clockSteps)
            return
        }
        while timeline.dueAt <= time {
            advanceTimers(to: timeline.dueAt)
            pushToStreams(.advance, at: timeline.dueAt)
            // Frames come to a window before its end only; silence up to it was observed.
            timeline.see(min(time, timeline.due.end))
            reportDue()
        }
        advanceTimers(to: time)
        timeline.see(time)
    }

    private mutating func beginStretch(at time: Timestamp) {
        timeline.begin(at: time)
        now = time
        _ = window(at: time)
    }

    /// Reports all that is open and forgets all flows: the end of input, or a clock that jumped.
    mutating func endStretch() {
        guard timeline.segmentStart != nil else { return }
        settleStreams()
        let live = (0..<table.connections.count).filter { table.connections[$0].firstPoint >= 0 }
        for connection in live where !table.connections[connection].hasEnded { countOneSided(connection) }
        abandonFragments()
        pushToStreams(.endOfInput)
        while timeline.due.start <= timeline.latest { reportDue() }
        for connection in live { drop(connection) }
        leaveCurrent()
        windows = [:]
        sightings = SightingTable()
        timeline.end()
    }

    /// Lets patience end up to an instant, each verdict at its own.
    private mutating func advanceTimers(to time: Timestamp) {
        expireFragments(at: time)
        while let connection = table.idlest(.attempting) {
            let deadline = table.deadline(of: connection)
            guard deadline <= time else { break }
            now = max(now, deadline)
            fail(connection, .unanswered, at: deadline)
        }
        for stage in FlowConnection.Stage.allCases where stage != .attempting {
            while let connection = table.idlest(stage) {
                let deadline = table.deadline(of: connection)
                guard deadline <= time else { break }
                now = max(now, deadline)
                retire(connection, at: deadline)
            }
        }
        table.updateNextDeadline()
        now = max(now, time)
    }

    // MARK: - Windows

    /// The open window of an instant; a new one where it was reported before.
    mutating func window(at time: Timestamp) -> OpenWindow {
        if currentBounds.contains(time), let current { return current }
        let window = Window.containing(time)
        if let open = windows[window.start.nanoseconds] { return open }
        let late = windows.values.filter { isLate($0) && $0 !== current }
        if late.count >= Self.maximumLateWindows,
            let oldest = late.min(by: { $0.window.start < $1.window.start })
        {
            awaitOrientation()
            report(oldest)
        }
        let made = OpenWindow(window)
        windows[window.start.nanoseconds] = made
        return made
    }

    /// Whether a window's regular report has been made.
    func isLate(_ window: OpenWindow) -> Bool { window.window.start < timeline.due.start }

    /// Reports the window that is due, silent or not, and late traffic of earlier ones.
    private mutating func reportDue() {
        settleStreams(.reportWithGauges)
        let due = window(at: timeline.due.start)
        collectAll(into: due)
        batch.inFlight.removeAll(keepingCapacity: true)
        report(due)
        timeline.moveOn()
        // Silent or not, it must be there for connections that end after it.
        _ = window(at: timeline.due.start)
        let late = windows.values.filter { $0.window.start < due.window.start }
        for window in late.sorted(by: { $0.window.start < $1.window.start }) { report(window) }
    }

    /// Adds all connections to the rows of a window, gauges at its end included.
    private mutating func collectAll(into window: OpenWindow) {
        for connection in 0..<table.connections.count where table.connections[connection].firstPoint >= 0 {
            collect(connection, into: window)
        }
        window.touched.removeAll()
    }

    private mutating func report(_ window: OpenWindow) {
        if current === window { leaveCurrent() }
        for touched in window.touched where table.isCurrent(touched.point, serial: touched.serial) {
            collect(table.points[touched.point].connection, into: window)
        }
        let (sequence, observed) = timeline.takeReport(of: window.window)
        emit(
            window.report(
                cluster: configuration.cluster,
                reporter: reporter,
                sequence: sequence,
                observed: observed,
                observer: locality
            )
        )
        windows[window.window.start.nanoseconds] = nil
    }
}
