// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Which windows are due, and which sequence number their next report has.
struct WindowTimeline {
    /// How far packet time passes a window's end before it is reported, so that slightly
    /// unordered frames and the joining of legs settle.
    static let lagNanoseconds: Int64 = 1_000_000_000
    /// A jump of the clock further than this, either way, begins anew: the time between was not
    /// observed, and makes no reports.
    static let maximumJumpNanoseconds: Int64 = 3_600_000_000_000
    /// How far instants of frames are kept from where time saturates.
    ///
    /// Windows and patience thus always end after they begin. Only hostile files carry such times.
    private static let marginNanoseconds: Int64 = 86_400_000_000_000

    /// The instant that a frame counts at.
    static func usable(_ time: Timestamp) -> Timestamp {
        let least = Timestamp(nanoseconds: .min + marginNanoseconds)
        let greatest = Timestamp(nanoseconds: .max - marginNanoseconds)
        return min(max(time, least), greatest)
    }

    /// Windows whose sequence numbers are remembered one by one.
    private static let maximumRemembered = 4_096

    /// The first instant of the current stretch of observation.
    private(set) var segmentStart: Timestamp?
    /// The latest frame of the stretch.
    private(set) var latest = Timestamp(nanoseconds: .min)
    /// The next window to report.
    private(set) var due = Window(start: Timestamp(nanoseconds: 0), end: Timestamp(nanoseconds: 0))
    private var sequences: [Int64: UInt64] = [:]
    /// Where the remembered windows begin, and a number above all that were used before.
    private var rememberedFrom = Int64.min
    private var sequenceFloor: UInt64 = 0

    /// When the next window is due.
    var dueAt: Timestamp { due.end + Self.lagNanoseconds }

    mutating func begin(at time: Timestamp) {
        segmentStart = time
        latest = time
        due = Window.containing(time)
    }

    /// Ends the stretch; the next frame begins another.
    mutating func end() {
        segmentStart = nil
    }

    mutating func see(_ time: Timestamp) {
        latest = max(latest, time)
    }

    mutating func moveOn() {
        due = due.next
    }

    /// The next sequence number of a window, which is then used, and the part of the window that
    /// was watched: empty where it was reported before.
    mutating func takeReport(of window: Window) -> (sequence: UInt64, observed: Window) {
        let start = window.start.nanoseconds
        let known = sequences[start] ?? (start < rememberedFrom ? sequenceFloor : nil)
        let sequence = known ?? 0
        sequences[start] = sequence &+ 1
        if sequences.count > Self.maximumRemembered { forgetOldest() }
        return (sequence, known == nil ? watched(of: window) : Window(start: window.start, end: window.start))
    }

    private func watched(of window: Window) -> Window {
        let start = max(window.start, segmentStart ?? window.start)
        let end = min(window.end, latest + 1)
        return Window(start: min(start, end), end: end)
    }

    private mutating func forgetOldest() {
        guard let first = sequences.keys.sorted().suffix(Self.maximumRemembered / 2).first else { return }
        for (start, sequence) in sequences where start < first {
            sequenceFloor = max(sequenceFloor, sequence)
        }
        sequences = sequences.filter { $0.key >= first }
        rememberedFrom = max(rememberedFrom, first)
    }
}
