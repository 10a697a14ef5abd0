// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// Frames in batches.
///
/// On many flows a frame waits for memory at every table that it is looked up in, and at all that
/// is kept for its point. So something of all that is read for a whole batch before its first frame
/// is accounted: the waits of sixteen frames overlap. It changes nothing but when memory is read.
extension MeteringEngine.State {
    /// Accounts some frames, in the order of capture.
    mutating func account(_ batch: borrowing FrameBatch, of bytes: RawSpan) {
        while outlooks.count < batch.count { _ = outlooks.append(PacketOutlook()) }
        for index in 0..<batch.count {
            outlooks[index].look(at: batch.frame(index, of: bytes), &interfaces, seed: table.seed)
        }
        approach(batch.count)
        for index in 0..<batch.count {
            let frame = batch.frame(index, of: bytes)
            guard outlooks[index].isSound else {
                // Out of the way: what is wrong is found out again.
                account(frame)
                continue
            }
            let time = WindowTimeline.usable(frame.timestamp)
            enter(time, isTruncated: frame.bytes.byteCount < frame.wireLength)
            let payload = outlooks[index].headers.payload(of: frame.bytes)
            meter(outlooks[index].headers, payload: payload, place: outlooks[index].place, at: time)
        }
    }

    /// Reads something of all that the frames of a batch will need, one table after the other.
    private mutating func approach(_ count: Int) {
        var glance: UInt32 = 0
        for index in 0..<count where outlooks[index].isSound {
            let hash = outlooks[index].place.hash
            glance ^= sightings.glance(at: hash)
            if outlooks[index].headers.tcpFlags.contains(.syn) { glance ^= handshakes.glance(at: hash) }
            outlooks[index].point = table.guess(outlooks[index].place.keyHash)
        }
        for index in 0..<count where outlooks[index].point >= 0 {
            glance ^= table.glance(at: outlooks[index].point)
        }
        for index in 0..<count where outlooks[index].point >= 0 {
            let point = outlooks[index].point
            glance ^= table.glanceBehind(point)
            let slot = table.points[point].accumulator
            if slot >= 0 { glance ^= pool.slots[slot].glance }
        }
        self.glance = glance
    }
}
