// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel

/// A 64-bit hash built word by word: a multiply and a fold per word, no allocation.
///
/// Not a defense against chosen keys by itself; tables that hostile keys could slow down
/// start it from a random seed.
struct PacketHash {
    private(set) var value: UInt64

    init(seed: UInt64 = 0x9E37_79B9_7F4A_7C15) {
        value = seed
    }

    mutating func combine(_ word: UInt64) {
        // The constant is odd and random-looking (from wyhash); the fold brings the
        // product's good high bits down.
        let product = (value ^ word).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        value = product.high ^ product.low ^ (word << 1 | 1)
    }

    mutating func combine(_ address: IPAddress) {
        combine(address.high)
        let version: UInt64 = if case .v4 = address.version { 4 } else { 6 }
        combine(address.low ^ version << 56)
    }

    /// Mixes in the ends of a payload: enough to tell packets apart whose headers are equal.
    mutating func combineEnds(of payload: RawSpan, wireLength: Int) {
        // Two captures of a packet may be cut at different lengths: what is certain to be
        // in both is the beginning.
        let isCut = payload.byteCount < wireLength
        let span = isCut ? min(payload.byteCount, Self.certainByteCount) : payload.byteCount
        let head = min(span, Self.endByteCount)
        combine(bytes: payload, from: 0, count: head)
        if !isCut, span > head {
            let tail = min(span - head, Self.endByteCount)
            combine(bytes: payload, from: span - tail, count: tail)
        }
        combine(UInt64(truncatingIfNeeded: wireLength))
    }

    /// Mixes in all bytes, and how many they are.
    mutating func combine(bytes: RawSpan) {
        combine(bytes: bytes, from: 0, count: bytes.byteCount)
        combine(UInt64(truncatingIfNeeded: bytes.byteCount))
    }

    private static let endByteCount = 64
    private static let certainByteCount = 16

    private mutating func combine(bytes: RawSpan, from start: Int, count: Int) {
        var offset = start
        let end = start + count
        while end - offset >= 8 {
            combine(UInt64(bigEndian: bytes.checkedInteger(UInt64.self, at: offset)))
            offset &+= 8
        }
        if offset > start {
            // The last word overlaps the one before it.
            if offset < end { combine(bytes.bigEndian(UInt64.self, at: end &- 8)) }
            return
        }
        combine(bytes.shortWord(at: start, count: count))
    }
}
