// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// The streams of one connection that are open, in no particular order.
struct HTTP2Streams {
    private var ids: [UInt32] = []
    private var items: [HTTP2Stream] = []
    private var lastFound = 0
    /// Those whose outcome is open.
    private(set) var undecided = 0

    var count: Int { ids.count }

    subscript(position: Int) -> HTTP2Stream {
        // Always inline: else each access takes memory for its coroutine.
        @inline(__always)
        _read { yield items[position] }
        @inline(__always)
        _modify { yield &items[position] }
    }

    func contains(_ id: UInt32) -> Bool { ids.contains(id) }

    mutating func find(_ id: UInt32) -> Int? {
        // Frames of one stream often follow each other.
        if lastFound < ids.count, ids[lastFound] == id { return lastFound }
        var index = ids.count
        while index > 0 {
            index &-= 1
            if ids[index] == id {
                lastFound = index
                return index
            }
        }
        return nil
    }

    mutating func append(_ stream: HTTP2Stream) {
        lastFound = ids.count
        ids.append(stream.id)
        items.append(stream)
        undecided &+= 1
    }

    mutating func remove(_ position: Int) -> HTTP2Stream {
        let last = ids.count &- 1
        ids.swapAt(position, last)
        items.swapAt(position, last)
        ids.removeLast()
        let stream = items.removeLast()
        if !stream.isDecided { undecided &-= 1 }
        return stream
    }

    /// Patience with it ended.
    mutating func decide(_ position: Int) {
        guard !items[position].isDecided else { return }
        items[position].isDecided = true
        undecided &-= 1
    }

    /// Makes room by forgetting those whose patience ended.
    mutating func removeDecided() {
        for position in (0..<count).reversed() where items[position].isDecided { _ = remove(position) }
    }

    /// Identifiers in the order in which the streams began.
    var ordered: [UInt32] { ids.sorted() }
}
