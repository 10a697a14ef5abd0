// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What the first bytes of a message tell about its length.
enum MessageMeasure: Equatable, BitwiseCopyable {
    /// Nothing yet; at least so many bytes of the message are needed.
    case needsMore(Int)
    /// The message has `length` bytes, of which the first `head` are wanted in one piece.
    case message(length: Int, head: Int)
    /// They do not begin a message.
    case invalid
}
