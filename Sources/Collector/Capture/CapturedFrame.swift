// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

package import FlowModel

/// One frame as a source hands it over: borrowed bytes, valid until the next is asked for.
package struct CapturedFrame: ~Escapable {
    package let timestamp: Timestamp
    /// The number of the interface within its capture (pcapng), 0 where there is one only.
    package let interfaceNumber: UInt32
    /// LINKTYPE_ value of that interface.
    package let linkType: UInt32
    /// Bytes the frame had on the wire.
    package let wireLength: Int
    /// The captured bytes.
    package let bytes: RawSpan

    @_lifetime(copy bytes)
    package init(
        timestamp: Timestamp,
        interfaceNumber: UInt32,
        linkType: UInt32,
        wireLength: Int,
        bytes: RawSpan
    ) {
        self.timestamp = timestamp
        self.interfaceNumber = interfaceNumber
        self.linkType = linkType
        self.wireLength = wireLength
        self.bytes = bytes
    }
}
