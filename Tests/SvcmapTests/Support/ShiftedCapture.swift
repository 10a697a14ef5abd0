// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Foundation
import Testing

/// A capture as if it had been made at another time.
enum ShiftedCapture {
    /// Writes a little endian pcap file with the times of its frames put off.
    static func write(_ capture: String, seconds: UInt32, to url: URL) throws {
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: capture)))
        func word(_ at: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
        }
        try #require([0xA1B2_C3D4, 0xA1B2_3C4D].contains(word(0)))
        var place = 24
        while place + 16 <= bytes.count {
            let later = word(place) &+ seconds
            for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: later >> UInt32(8 * byte)) }
            place += 16 + Int(word(place + 8))
        }
        try Data(bytes).write(to: url)
    }
}
