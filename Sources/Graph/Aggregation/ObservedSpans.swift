// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// The parts of a range that reporters were watching.
package struct ObservedSpans: Sendable {
    private let range: Window
    private var spans: [Int: [Window]] = [:]

    package init(range: Window) {
        self.range = range
    }

    /// Notes what a reporter watched; reporters go by numbers.
    package mutating func note(_ span: Window, reporter: Int) {
        let clipped = Window(start: max(span.start, range.start), end: min(span.end, range.end))
        guard clipped.start < clipped.end else { return }
        // Most spans follow the one before: a day has 8,640 of them, and they are one.
        if let last = spans[reporter]?.indices.last, let before = spans[reporter]?[last],
            before.end == clipped.start
        {
            spans[reporter]?[last] = Window(start: before.start, end: clipped.end)
        } else {
            spans[reporter, default: []].append(clipped)
        }
    }

    /// Seconds of a part of the range that at least one of the reporters watched.
    package func seconds(of reporters: [Int], in part: Window) -> Double {
        seconds(of: reporters.flatMap { spans[$0] ?? [] }, in: part)
    }

    /// Seconds that anybody watched.
    package var secondsOfAll: Double { secondsOfAll(in: range) }

    /// Seconds of a part of the range that anybody watched.
    package func secondsOfAll(in part: Window) -> Double {
        seconds(of: spans.values.flatMap(\.self), in: part)
    }

    private func seconds(of spans: [Window], in part: Window) -> Double {
        let sorted = spans.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
        var total: Int64 = 0
        var reached = part.start
        for span in sorted where span.end > reached && span.start < part.end {
            let end = min(span.end, part.end)
            let (sum, overflow) = total.addingReportingOverflow(end - max(span.start, reached))
            total = overflow ? .max : sum
            reached = end
        }
        return Double(total) / 1e9
    }
}
