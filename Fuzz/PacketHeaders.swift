// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Collector

/// Link types by the first byte, the one no reader knows included.
private let linkTypes: [UInt32] = [1, 113, 276, 101, 0, 9, 12, 14, 50, 108, 228, 229, 147]

/// One frame: the link type's place in the table above, then its bytes.
func fuzzPacketHeaders(_ start: UnsafeRawPointer?, _ count: Int) -> CInt {
    var input = unsafe FuzzBytes(start, count: count)
    let linkType = linkTypes[Int(input.byte()) % linkTypes.count]
    let frame = input.takeAll()
    guard let headers = try? PacketHeaders.decode(frame, linkType: linkType) else { return 0 }
    require(headers.payloadOffset >= 0, "the payload begins before the frame")
    require(headers.capturedPayloadLength >= 0, "the captured payload has a negative length")
    require(
        headers.payloadOffset + headers.capturedPayloadLength <= frame.byteCount,
        "the payload ends after the frame"
    )
    require(
        headers.payloadLength >= headers.capturedPayloadLength,
        "more payload was captured than was on the wire"
    )
    require((0...65_575).contains(headers.datagramLength), "no datagram is that long")
    return 0
}
