// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// TCP sequence numbers compared on their circle (RFC 9293 section 3.4).
///
/// Arithmetic wraps on purpose: a sequence space ends at 2^32 and begins again.
enum SequenceNumber {
    /// How far `left` is after `right`: negative when it is before.
    static func distance(_ left: UInt32, after right: UInt32) -> Int32 {
        Int32(bitPattern: left &- right)
    }
}
