// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// A segment that arrived before the bytes in front of it.
package struct HeldSegment: Sendable {
    package let sequence: UInt32
    /// Payload bytes on the wire; `bytes` may be fewer.
    package let length: Int
    package let bytes: [UInt8]
    /// When it was captured.
    package let time: Timestamp
}
