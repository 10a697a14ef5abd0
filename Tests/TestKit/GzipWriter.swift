// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Writes gzip data without compressing it: what readers must understand is the framing.
package enum GzipWriter {
    /// One member of stored blocks.
    package static func member(_ content: [UInt8]) -> [UInt8] {
        // Magic, deflate, no flags, no time, no extra flags, Unix.
        var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var rest = content[...]
        repeat {
            let piece = rest.prefix(65_535)
            rest = rest.dropFirst(piece.count)
            bytes.append(rest.isEmpty ? 1 : 0)
            let length = UInt16(truncatingIfNeeded: piece.count)
            CaptureWriter.append(length, .littleEndian, to: &bytes)
            CaptureWriter.append(~length, .littleEndian, to: &bytes)
            bytes += piece
        } while !rest.isEmpty
        CaptureWriter.append(checksum(content), .littleEndian, to: &bytes)
        CaptureWriter.append(UInt32(truncatingIfNeeded: content.count), .littleEndian, to: &bytes)
        return bytes
    }

    /// CRC-32 as gzip has it (RFC 1952 section 8).
    private static func checksum(_ content: [UInt8]) -> UInt32 {
        ~content.reduce(UInt32.max) { value, byte in
            (0..<8).reduce(value ^ UInt32(byte)) { value, _ in
                value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
            }
        }
    }
}
