// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A request that waits for its response.
struct PendingRequest {
    var start: Timestamp
    /// `nil` while its body goes on.
    var end: Timestamp?
    /// Head and body; `nil` until it ended, or where that is not known.
    var bytes: UInt64?
    var line: RequestCache.Line
    var host: String?
    /// Header fields that were asked for.
    var fields: [HeaderField]?
    /// It is a call of gRPC-Web, whose operation is its method.
    var isCall = false

    /// What it is reported as.
    var applicationProtocol: ApplicationProtocol { isCall ? .grpc : .http }
    var operation: String { isCall ? line.call : line.operation }

    /// Patience ended; it stays in line so that a late response finds it.
    var isDecided = false
    /// Bytes of its response were seen and lost with a gap.
    var isResponseLost = false
}

/// First in, first out; bounded by `HTTPLimits.pipelinedRequests`.
struct PendingRequests {
    private var items: [PendingRequest] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { count == 0 }
    var isFull: Bool { count >= HTTPLimits.pipelinedRequests }
    /// Those whose outcome is open.
    var undecided: Int {
        var sum = 0
        for index in head..<items.count where !items[index].isDecided { sum += 1 }
        return sum
    }

    var first: PendingRequest? {
        get { isEmpty ? nil : items[head] }
        set { if let newValue, !isEmpty { items[head] = newValue } }
    }

    /// Accesses one in line, 0 being the oldest.
    subscript(position: Int) -> PendingRequest {
        // Always inline: else each access takes memory for its coroutine.
        @inline(__always)
        _read { yield items[head + position] }
        @inline(__always)
        _modify { yield &items[head + position] }
    }

    mutating func append(_ request: consuming PendingRequest) { items.append(request) }

    mutating func popFirst() -> PendingRequest? {
        guard !isEmpty else { return nil }
        let item = items[head]
        removeFirst()
        return item
    }

    /// Forgets the oldest, if there is one.
    mutating func removeFirst() {
        guard !isEmpty else { return }
        if items.count == 1 {
            items.removeLast()
            return
        }
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 32 {
            // Moves the rest down now and then, so that popping is constant on average.
            items.removeFirst(head)
            head = 0
        }
    }
}
