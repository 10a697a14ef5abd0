// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The parts of a range that reporters were watching.
struct ObservedSpans {
    private let range: Window
    private var spans: [String: [Window]] = [:]
    private var answers: [Set<String>: Double] = [:]

    init(range: Window) {
        self.range = range
    }

    mutating func note(_ span: Window, reporter: String) {
        let clipped = Window(start: max(span.start, range.start), end: min(span.end, range.end))
        if clipped.start < clipped.end { spans[reporter, default: []].append(clipped) }
        answers = [:]
    }

    /// Seconds that at least one of the reporters watched.
    mutating func seconds(of reporters: Set<String>) -> Double {
        if let answer = answers[reporters] { return answer }
        let sorted = reporters.flatMap { spans[$0] ?? [] }
            .sorted { ($0.start, $0.end) < ($1.start, $1.end) }
        var total: Int64 = 0
        var reached = range.start
        for span in sorted where span.end > reached {
            let (sum, overflow) = total.addingReportingOverflow(span.end - max(span.start, reached))
            total = overflow ? .max : sum
            reached = span.end
        }
        let seconds = Double(total) / 1e9
        answers[reporters] = seconds
        return seconds
    }

    var all: Set<String> { Set(spans.keys) }
}
