// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Foundation

extension IPAddress {
    /// 4 bytes of IPv4 or 16 of IPv6 in network order; the length tells the version.
    var blob: Data {
        switch version {
        case .v4: Data(Self.bytes(UInt64(v4Bits), count: 4))
        case .v6: Data(Self.bytes(high, count: 8) + Self.bytes(low, count: 8))
        }
    }

    init?(stored bytes: Span<UInt8>) {
        switch bytes.count {
        case 4: self.init(v4: UInt32(truncatingIfNeeded: Self.word(bytes, 0..<4)))
        case 16: self.init(high: Self.word(bytes, 0..<8), low: Self.word(bytes, 8..<16))
        default: return nil
        }
    }

    private static func bytes(_ word: UInt64, count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * (count - 1 - $0))) }
    }

    private static func word(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var word: UInt64 = 0
        for index in range { word = word << 8 | UInt64(bytes[index]) }
        return word
    }
}
