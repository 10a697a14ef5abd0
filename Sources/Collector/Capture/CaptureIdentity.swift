// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Crypto
import Foundation

/// What tells one capture from another: 16 hexadecimal characters made from its content.
///
/// A reporter's id must be known before its first report, so the identity of a file is taken
/// from its length, its first 1 MiB and its last 64 KiB (compressed as they are), and that of a
/// stream from its first 64 KiB (decompressed), or from fewer if it falls silent before, but
/// never from less than one frame. Both are SHA-256 over that, cut to 64 bits. Equal captures
/// have equal identities, whatever they are called; a file and its compressed copy, or the
/// same bytes once as a file and once as a stream, have not.
package struct CaptureIdentity: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package var description: String { text }

    /// Reads beginning and end of a file, without moving its position.
    init(of file: borrowing InputFile) throws(CaptureError) {
        var hash = SHA256()
        hash.update(data: Array("svcmap capture file 1\0\(file.length)\0".utf8))
        let buffer = UnsafeMutableRawBufferPointer.allocate(
            byteCount: CaptureLimits.identityPrefix,
            alignment: 16
        )
        defer { unsafe buffer.deallocate() }
        let prefix = try unsafe file.read(into: buffer, at: 0)
        unsafe hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<prefix]))
        // A file no longer than the prefix has been hashed whole.
        if file.length > UInt64(CaptureLimits.identityPrefix) {
            let suffix = unsafe UnsafeMutableRawBufferPointer(
                rebasing: buffer[..<CaptureLimits.identitySuffix]
            )
            let offset = file.length - UInt64(CaptureLimits.identitySuffix)
            let count = try unsafe file.read(into: suffix, at: offset)
            unsafe hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: suffix[..<count]))
        }
        text = Self.text(hash)
    }

    /// Takes the beginning of a stream.
    init(ofStream bytes: RawSpan) {
        var hash = SHA256()
        hash.update(data: Array("svcmap capture stream 1\0".utf8))
        let prefix = bytes.extracting(first: CaptureLimits.streamIdentityPrefix)
        unsafe prefix.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        text = Self.text(hash)
    }

    private static func text(_ hash: SHA256) -> String {
        let digits = Array("0123456789abcdef")
        return hash.finalize().prefix(8).reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }
}
