// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A few frames that a source hands over at once: where each is in bytes that all of them share.
///
/// Who takes several can look at all of them before the first is accounted.
package struct FrameBatch: ~Copyable {
    /// Frames of a batch, at most.
    package static let capacity = 16

    private var entries = Slab<FrameQueue.Entry>(minimumCapacity: capacity)

    package var count: Int { entries.count }

    /// A frame.
    ///
    /// - Parameters:
    ///   - index: Below `count`.
    ///   - bytes: What the batch was handed over with.
    /// - Returns: A view into the bytes.
    @inline(__always)
    @_lifetime(copy bytes)
    package func frame(_ index: Int, of bytes: RawSpan) -> CapturedFrame {
        let entry = entries[index]
        let start = Int(truncatingIfNeeded: entry.offset)
        return CapturedFrame(
            timestamp: entry.timestamp,
            interfaceNumber: entry.interfaceNumber,
            linkType: entry.linkType,
            wireLength: Int(entry.wireLength),
            bytes: bytes.extracting(start..<start + Int(entry.length))
        )
    }

    var isFull: Bool { entries.count == Self.capacity }

    /// Adds a frame; its offset is one of the shared bytes.
    @inline(__always)
    mutating func append(_ entry: FrameQueue.Entry) { _ = entries.append(entry) }

    mutating func removeAll() { entries.removeAll() }
}
