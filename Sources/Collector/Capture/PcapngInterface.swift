// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// What is kept of a pcapng interface description.
struct PcapngInterface: BitwiseCopyable {
    let linkType: UInt32
    /// 0 for no limit.
    let snapLength: UInt32
    let scale: TimestampScale
    /// The last counts of its statistics blocks, which count from the start of the capture.
    var kernelDropped: UInt64 = 0
    var interfaceDropped: UInt64 = 0

    private static let resolutionOption: UInt16 = 9
    private static let offsetOption: UInt16 = 14

    /// Reads the body of an interface description block; `nil` where it is too short.
    init?(_ body: RawSpan, order: FileByteOrder) {
        guard body.byteCount >= 8 else { return nil }
        linkType = UInt32(order.load(UInt16.self, body, at: 0))
        snapLength = order.load(UInt32.self, body, at: 4)
        var resolution: UInt8 = 6
        var offsetSeconds: Int64 = 0
        PcapngOptions.forEach(body.extracting(droppingFirst: 8), order: order) { code, value in
            if code == Self.resolutionOption, value.byteCount >= 1 {
                resolution = value.byte(at: 0)
            } else if code == Self.offsetOption, value.byteCount >= 8 {
                offsetSeconds = order.load(Int64.self, value, at: 0)
            }
        }
        scale = TimestampScale(resolution: resolution, offsetSeconds: offsetSeconds)
    }
}

/// The options at the end of a pcapng block.
///
/// ```text
///  code 2 | length 2 | value, filled up to four bytes | … | 0 | 0
/// ```
enum PcapngOptions {
    /// Visits options up to the end, or the first that does not fit.
    static func forEach(_ bytes: RawSpan, order: FileByteOrder, _ body: (UInt16, RawSpan) -> Void) {
        var offset = 0
        while bytes.byteCount - offset >= 4 {
            let code = order.load(UInt16.self, bytes, at: offset)
            let length = Int(order.load(UInt16.self, bytes, at: offset + 2))
            guard code != 0, bytes.byteCount - offset - 4 >= length else { return }
            body(code, bytes.extracting(offset + 4..<offset + 4 + length))
            offset += 4 + (length + 3) / 4 * 4
        }
    }
}
