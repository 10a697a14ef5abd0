// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector
import TestKit

/// Decodes bytes as a frame of a link type, Ethernet unless told.
func decoded(_ bytes: [UInt8], linkType: UInt32 = 1) throws(DecodeError) -> PacketHeaders {
    // Sound: the span is used only while `bytes` is alive, in this call.
    try PacketHeaders.decode(unsafe bytes.span.bytes, linkType: linkType)
}

func decoded(_ bytes: [UInt8], link: PacketBuilder.Link) throws(DecodeError) -> PacketHeaders {
    try decoded(bytes, linkType: link.linkType)
}

/// The captured payload that headers point at.
func payload(of headers: PacketHeaders, in bytes: [UInt8]) -> [UInt8] {
    Array(bytes[headers.payloadOffset..<headers.payloadOffset + headers.capturedPayloadLength])
}
