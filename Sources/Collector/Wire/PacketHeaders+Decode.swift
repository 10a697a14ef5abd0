// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

extension PacketHeaders {
    /// Walks link, network and transport headers once.
    ///
    /// - Parameters:
    ///   - bytes: The captured bytes of one frame.
    ///   - linkType: The LINKTYPE_ value of the capture (tcpdump.org/linktypes.html).
    package static func decode(_ bytes: RawSpan, linkType: UInt32) throws(DecodeError) -> PacketHeaders {
        throw .unsupportedLink(linkType)
    }
}
