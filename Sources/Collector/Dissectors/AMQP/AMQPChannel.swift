// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What is remembered of a channel.
struct AMQPChannel {
    /// The content the client is sending.
    var sending: AMQPContent?
    /// The content the server is sending that answers something.
    var receiving: AMQPContent?
    /// In confirm mode: the number that the next message to be published will have.
    var nextTag: UInt64?
}

/// A message of which not all frames have come.
struct AMQPContent {
    /// The call it belongs to.
    let key: UInt64
    /// Bytes of its body that are missing; `nil` before its header.
    var remaining: UInt64?
}

/// What pairs methods on a connection.
enum AMQPKey {
    private static let publishBit: UInt64 = 1 << 47
    private static let untaggedBit: UInt64 = 1 << 46

    static func call(_ channel: UInt16, _ id: UInt32) -> UInt64 { UInt64(channel) << 48 | UInt64(id) }

    static func publish(_ channel: UInt16, tag: UInt64?) -> UInt64 {
        let number = tag.map { $0 & (untaggedBit - 1) } ?? untaggedBit
        return UInt64(channel) << 48 | publishBit | number
    }

    static func isPublish(_ key: UInt64) -> Bool { key & publishBit != 0 }

    static func isTagged(_ key: UInt64) -> Bool { key & publishBit != 0 && key & untaggedBit == 0 }

    static func channel(_ key: UInt64) -> UInt16 { UInt16(key >> 48) }

    /// Whether a message is among those that one confirmation is for.
    static func isConfirmed(_ key: UInt64, on channel: UInt16, upTo tag: UInt64) -> Bool {
        isTagged(key) && self.channel(key) == channel && (tag == 0 || key & (untaggedBit - 1) <= tag)
    }
}
