// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Where a fragment belongs in its datagram.
package struct IPFragment: Sendable, Equatable, BitwiseCopyable {
    /// 16 bits in IPv4, 32 in IPv6.
    package var identification: UInt32 = 0
    // Short, as headers are copied for each frame.
    private var shortOffset: UInt32 = 0
    private var shortLength: UInt32 = 0
    /// Whether it is not the last one.
    package var hasMore = false

    package init(identification: UInt32 = 0, offset: Int = 0, length: Int = 0, hasMore: Bool = false) {
        self.identification = identification
        self.offset = offset
        self.length = length
        self.hasMore = hasMore
    }

    /// Of its first byte, in bytes behind the part of the headers that every fragment repeats.
    package var offset: Int {
        get { Int(shortOffset) }
        set { shortOffset = UInt32(clamping: newValue) }
    }

    /// Bytes that it brings.
    package var length: Int {
        get { Int(shortLength) }
        set { shortLength = UInt32(clamping: newValue) }
    }
}
