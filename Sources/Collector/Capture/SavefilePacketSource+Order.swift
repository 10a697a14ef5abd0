// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Frames are handed over in the order of their times.
extension SavefilePacketSource {
    /// Hands over the frames whose times say that they are in order, without an index of them.
    ///
    /// Those at the end are left to the index, since what belongs before them may come yet.
    mutating func pass(_ body: (borrowing FrameBatch, RawSpan) -> Void) {
        guard input.count - indexed > CaptureLimits.usualHoldBytes, let format, var survey = queue.survey
        else { return }
        format.survey(input.bytes.extracting(droppingFirst: indexed), &survey)
        let length = survey.length - CaptureLimits.usualHoldBytes
        guard length > 0, let latest = queue.passable(survey) else { return }
        // What was held back is earlier than all of them.
        handOver(isLast: true, body)
        let step = Self.pass(
            input.bytes.extracting(droppingFirst: indexed).extracting(first: length),
            at: input.offset &+ UInt64(indexed),
            upTo: latest,
            format: &self.format,
            queue: &queue,
            damage: &damage,
            batch: &batch,
            to: body
        )
        frameCount &+= UInt64(step.frameCount)
        indexed += step.consumed
    }

    private static func pass(
        _ bytes: RawSpan,
        at start: UInt64,
        upTo latest: Timestamp,
        format: inout CaptureFormat?,
        queue: inout FrameQueue,
        damage: inout SourceDamage,
        batch: inout FrameBatch,
        to body: (borrowing FrameBatch, RawSpan) -> Void
    ) -> ReadStep {
        var newest: Timestamp?
        let step = format?.deliver(bytes, at: start, damage: &damage) { frame, offset in
            guard frame.timestamp <= latest else { return false }
            newest = frame.timestamp
            batch.append(FrameQueue.Entry(frame, time: frame.timestamp, offset: UInt64(offset)))
            if batch.isFull {
                body(batch, bytes)
                batch.removeAll()
            }
            return true
        }
        if batch.count > 0 {
            body(batch, bytes)
            batch.removeAll()
        }
        if let newest { queue.pass(to: newest) }
        return step ?? ReadStep()
    }

    /// Finds the frames that lie whole in the unread bytes.
    mutating func index() -> ReadStep {
        let step = Self.index(
            input.bytes.extracting(droppingFirst: indexed),
            at: input.offset &+ UInt64(indexed),
            format: &format,
            queue: &queue,
            damage: &damage
        )
        indexed += step.consumed
        return step
    }

    private static func index(
        _ bytes: RawSpan,
        at start: UInt64,
        format: inout CaptureFormat?,
        queue: inout FrameQueue,
        damage: inout SourceDamage
    ) -> ReadStep {
        format?.deliver(bytes, at: start, damage: &damage) { frame, offset in
            queue.append(frame, at: start &+ UInt64(offset))
            return true
        } ?? ReadStep()
    }

    /// Hands over the indexed frames whose turn it is, and forgets the bytes that nothing needs.
    ///
    /// - Parameters:
    ///   - isLast: All of them, since nothing more comes for now.
    ///   - body: Receives them.
    mutating func handOver(isLast: Bool, _ body: (borrowing FrameBatch, RawSpan) -> Void) {
        let count = queue.settle(end: input.offset &+ UInt64(indexed), isLast: isLast)
        if count > 0 {
            let bytes = input.bytes
            let start = input.offset
            for index in 0..<count {
                batch.append(FrameQueue.Entry(queue[index], from: start))
                guard batch.isFull || index == count - 1 else { continue }
                body(batch, bytes)
                batch.removeAll()
            }
            queue.removeFirst(count)
            frameCount &+= UInt64(count)
        }
        let needed = queue.firstOffset.map { Int(truncatingIfNeeded: $0 &- input.offset) }
        let finished = min(indexed, needed ?? indexed)
        input.consume(finished)
        indexed -= finished
    }
}
