// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Looks for what a Produce or Fetch request is about.
struct KafkaTopicFinder: KafkaVisitor {
    /// Topics in the request; `nil` where that is not known.
    private(set) var count: Int?
    /// Where the name of the first one lies.
    private(set) var name: Range<Int>?
    private(set) var id: KafkaTopicID?
    private(set) var acknowledgments: Int?
    /// 0 and -1 begin a fetch session or do without; others go on with one.
    private(set) var epoch = 0

    mutating func beginArray(of count: Int, depth: Int) {
        if depth == 0, self.count == nil { self.count = max(0, count) }
    }

    mutating func visit(_ mark: KafkaLayout.Mark, _ bytes: RawSpan, _ range: Range<Int>) {
        switch mark {
        case .topic: if name == nil { name = range }
        case .topicID: if id == nil { id = KafkaTopicID(bytes.clamped(range)) }
        case .acknowledgments:
            acknowledgments = Int(Int16(bitPattern: bytes.octetPair(at: range.lowerBound)))
        case .epoch: if range.count == 4 { epoch = Int(bytes.bigEndian(Int32.self, at: range.lowerBound)) }
        case .none, .error: break
        }
    }
}

/// Looks for the error of a response: the first one, but failures come before coordination.
struct KafkaErrorFinder: KafkaVisitor {
    private(set) var error = KafkaErrorCode(value: 0)
    private var name = 0..<0
    let shared: SharedDissectionState

    init(_ shared: SharedDissectionState) { self.shared = shared }

    mutating func beginArray(of count: Int, depth: Int) {}

    mutating func visit(_ mark: KafkaLayout.Mark, _ bytes: RawSpan, _ range: Range<Int>) {
        switch mark {
        case .error:
            let code = KafkaErrorCode(value: Int16(bitPattern: bytes.octetPair(at: range.lowerBound)))
            if error.value == 0 || error.isCoordination && code.outcome != .ok { error = code }
        // Metadata tells the identifiers of topics behind their names.
        case .topic: name = range
        case .topicID:
            if let id = KafkaTopicID(bytes.clamped(range)) {
                shared.kafkaTopics.learn(id, bytes.clamped(name))
            }
        case .none, .acknowledgments, .epoch: break
        }
    }
}
