// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The envelope of everything binary in the store: magic, version, checksum, body.
///
/// ```text
///  0        4         5               9
/// +--------+---------+---------------+------------
/// | magic  | version | CRC-32C, LE   | body ...
/// +--------+---------+---------------+------------
/// ```
///
/// The checksum covers magic, version and body.
package struct Frame: Sendable {
    /// Four letters that say what the body is.
    package let magic: [UInt8]
    /// The versions of the body that can be read; the last is the one that is written.
    package let versions: ClosedRange<UInt8>

    /// What comes before the body.
    package static let headerBytes = 9
    private static let checksumOffset = 5

    /// A window block.
    package static let windowBlock = Frame(
        magic: Array("SVWB".utf8),
        versions: BlockFormat.oldestVersion...BlockFormat.version
    )
    /// What a report says besides its edges.
    package static let reportDetail = Frame(magic: Array("SVRD".utf8), versions: 1...2)

    /// Puts a body into the envelope.
    package func seal(_ body: [UInt8]) throws(BlockError) -> [UInt8] {
        let total = body.count + Self.headerBytes
        guard total <= BlockFormat.maximumBytes else { throw .tooLarge(bytes: total) }
        var bytes = magic + [versions.upperBound]
        bytes.reserveCapacity(total)
        let checksum = Checksum.crc32c(bytes[...], body[...])
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: checksum >> shift))
        }
        bytes += body
        return bytes
    }

    /// Checks the envelope and gives a cursor at the start of the body, and the body's version.
    package func open(_ bytes: [UInt8]) throws(BlockError) -> (body: ByteCursor, version: UInt8) {
        guard bytes.count >= Self.headerBytes, bytes.starts(with: magic) else { throw .notABlock }
        let version = bytes[magic.count]
        guard versions.contains(version) else { throw .unknownVersion(version) }
        guard bytes.count <= BlockFormat.maximumBytes else { throw .tooLarge(bytes: bytes.count) }
        var stored: UInt32 = 0
        for offset in (0..<4).reversed() {
            stored = stored << 8 | UInt32(bytes[Self.checksumOffset + offset])
        }
        let computed = Checksum.crc32c(bytes[..<Self.checksumOffset], bytes[Self.headerBytes...])
        guard computed == stored else { throw .checksumMismatch }
        return (ByteCursor(bytes, from: Self.headerBytes), version)
    }
}
