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
/// The checksum covers magic, version and body; of a window block only the body's beginning, and the rest has
/// checksums of its own there.
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
    ///
    /// - Parameters:
    ///   - body: The body.
    ///   - covered: How many bytes of it the checksum covers; all by default.
    /// - Returns: All of it.
    /// - Throws: `BlockError.tooLarge`.
    package func seal(_ body: [UInt8], covered: Int? = nil) throws(BlockError) -> [UInt8] {
        let total = body.count + Self.headerBytes
        guard total <= BlockFormat.maximumBytes else { throw .tooLarge(bytes: total) }
        var bytes = magic + [versions.upperBound]
        bytes.reserveCapacity(total)
        bytes += Checksum.bytes(Checksum.crc32c(bytes[...], body[..<min(covered ?? body.count, body.count)]))
        bytes += body
        return bytes
    }

    /// Checks the envelope and gives a cursor at the start of the body, and the body's version.
    package func open(_ bytes: [UInt8]) throws(BlockError) -> (body: ByteCursor, version: UInt8) {
        let version = try version(bytes)
        try check(bytes, through: bytes.count)
        return (ByteCursor(bytes, from: Self.headerBytes), version)
    }

    /// Checks the envelope but for the checksum.
    ///
    /// - Returns: The body's version.
    func version(_ bytes: [UInt8]) throws(BlockError) -> UInt8 {
        guard bytes.count >= Self.headerBytes, bytes.starts(with: magic) else { throw .notABlock }
        let version = bytes[magic.count]
        guard versions.contains(version) else { throw .unknownVersion(version) }
        guard bytes.count <= BlockFormat.maximumBytes else { throw .tooLarge(bytes: bytes.count) }
        return version
    }

    /// Checks the checksum, which covers the bytes up to an offset.
    func check(_ bytes: [UInt8], through end: Int) throws(BlockError) {
        let stored = Checksum.stored(bytes[Self.checksumOffset..<Self.headerBytes])
        let computed = Checksum.crc32c(bytes[..<Self.checksumOffset], bytes[Self.headerBytes..<end])
        guard computed == stored else { throw .checksumMismatch }
    }
}
