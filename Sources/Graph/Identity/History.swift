// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// What was true of an object, version after version.
///
/// The first version holds from ever: what was so before anybody looked is not known to be otherwise.
struct History<Value: Equatable & Sendable>: Sendable {
    /// One value and the time it held, `[from, to)`.
    struct Span: Sendable {
        let value: Value
        let from: Timestamp
        let to: Timestamp
    }

    private(set) var spans: [Span] = []

    /// - Parameter statements: What was said and when, in order; of several of one time the last counts.
    init(_ statements: [(time: Timestamp, value: Value)]) {
        for (time, value) in statements {
            guard let last = spans.last else {
                self = History(constant: value)
                continue
            }
            guard last.value != value else { continue }
            spans.removeLast()
            if last.from < time { spans.append(Span(value: last.value, from: last.from, to: time)) }
            let from = max(last.from, time)
            if let previous = spans.last, previous.value == value {
                spans.removeLast()
                spans.append(Span(value: value, from: previous.from, to: last.to))
            } else {
                spans.append(Span(value: value, from: from, to: last.to))
            }
        }
    }

    /// Something that was never said to change.
    init(constant value: Value) {
        spans = [Span(value: value, from: Timestamp(nanoseconds: .min), to: Timestamp(nanoseconds: .max))]
    }

    /// The value at the end of a window.
    func value(in window: Window) -> Value? {
        spans.last { $0.from < window.end }?.value ?? spans.first?.value
    }

    /// The same history of something made from the value.
    func map<Other>(_ part: (Value) -> Other) -> History<Other> {
        History<Other>(spans.map { ($0.from, part($0.value)) })
    }

    /// When it changed.
    var cuts: [Timestamp] { spans.dropFirst().map(\.from) }
}
