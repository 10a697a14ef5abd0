// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The line on a terminal that tells how far a capture was read.
///
/// Clock and width come from the caller; nothing that is stored depends on either.
struct ImportProgress {
    /// Ten updates a second: more cannot be read, and would cost time.
    static let interval = Duration.milliseconds(100)
    private static let barWidth = 20
    /// The least of a name that still tells files apart.
    private static let minimumNameWidth = 12

    private let name: String
    private let length: UInt64?
    private let start: ContinuousClock.Instant
    private var due: ContinuousClock.Instant

    /// Begins to measure.
    ///
    /// - Parameters:
    ///   - name: What a person calls the capture.
    ///   - length: How many bytes it has; `nil` where that is not known.
    ///   - now: When reading began.
    init(name: String, length: UInt64?, now: ContinuousClock.Instant) {
        self.name = name
        self.length = length
        start = now
        due = now
    }

    /// The line to show, no wider than the terminal; `nil` until the next one is due.
    mutating func line(bytes: UInt64, at now: ContinuousClock.Instant, width: Int) -> String? {
        guard now >= due else { return nil }
        due = now + Self.interval
        let seconds = (now - start) / .seconds(1)
        let rate = seconds > 0 ? Double(bytes) / seconds : 0
        let speed = "\(Figures.bytes(UInt64(min(rate, 1e18))))/s"
        guard let length, length > 0 else {
            return fit(" " + Figures.bytes(bytes) + "  " + speed, width)
        }
        // A file may have grown since it was opened.
        let share = min(1, Double(bytes) / Double(length))
        let filled = Int(share * Double(Self.barWidth))
        let bar =
            String(repeating: "#", count: filled) + String(repeating: "-", count: Self.barWidth - filled)
        let left = rate > 0 ? (1 - share) * Double(length) / rate : nil
        return fit(" [\(bar)] \(Int(share * 100)) %  \(speed)  \(Self.clock(left)) left", width)
    }

    private static func clock(_ seconds: Double?) -> String {
        guard let seconds, seconds < 360_000 else { return "--:--" }
        let whole = Int(seconds.rounded(.up))
        let padded = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
        let minutes = "\(padded(whole / 60 % 60)):\(padded(whole % 60))"
        return whole < 3_600 ? minutes : "\(whole / 3_600):\(minutes)"
    }

    /// A line that wraps cannot be erased, so the name gives way, then the end.
    private func fit(_ figures: String, _ width: Int) -> String {
        let room = max(Self.minimumNameWidth, width - 1 - figures.count)
        let shown = name.count <= room ? name : "..." + name.suffix(room - 3)
        return String((shown + figures).prefix(max(0, width - 1)))
    }
}
