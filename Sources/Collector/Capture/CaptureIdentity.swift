// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Crypto

/// What tells one capture from another: 16 hexadecimal characters made from its content.
///
/// A reporter's id must be known before its first report, and a stream's end is not, so the
/// identity of every capture is SHA-256 over its first 64 KiB (decompressed), cut to 64 bits:
/// the same for a file, its compressed copy and the same bytes through a pipe. Where no frame
/// lies whole in them, as behind long descriptions that two captures may share, it is over twice
/// as many, and so on.
///
/// Captures that share all this, times of packets included, are one capture cut at different
/// lengths. Importing the longer one later adds the windows that the shorter did not have; the
/// window in which the shorter one ended stays as it was. A shorter capture is hashed whole, and
/// so is what a stream has said before it falls silent, but never less than one frame.
package struct CaptureIdentity: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package var description: String { text }

    /// Takes the beginning of the decompressed content.
    init(of beginning: RawSpan) {
        var hash = SHA256()
        hash.update(data: Array("svcmap capture 2\0".utf8))
        unsafe beginning.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        let digits = Array("0123456789abcdef")
        text = hash.finalize().prefix(8).reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }
}
