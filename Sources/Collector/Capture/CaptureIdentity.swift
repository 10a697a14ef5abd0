// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import Crypto
import FlowModel

/// What tells one capture from another: 16 hexadecimal characters made from its content.
///
/// A reporter's id must be known before its first report, and the end of a stream is not, so the
/// identity of every capture is SHA-256 over its first 32 frames, their times and lengths, cut to
/// 64 bits: the same for a file, its compressed copy and the same bytes through a pipe.
///
/// Captures that share all this are one capture, cut at different lengths. Importing the longer
/// one later adds the windows that the shorter did not have; the window in which the shorter one
/// ended stays as it was. A capture of fewer frames is another once it has grown, and so may be
/// a stream that falls silent before, which is not made to wait for more than one.
package struct CaptureIdentity: Hashable, Sendable, CustomStringConvertible {
    /// The frames that an identity is made of, as they come.
    struct Beginning {
        private var hash = SHA256()
        private(set) var frameCount = 0
        /// The time of the first frame; `nil` without one.
        private(set) var start: Timestamp?

        init() {
            hash.update(data: Array("svcmap capture 2\0".utf8))
        }

        var isComplete: Bool { frameCount >= CaptureLimits.identityFrames }

        /// Takes the next frame; those behind the last one that counts are passed over.
        mutating func add(_ frame: borrowing CapturedFrame) {
            guard !isComplete else { return }
            frameCount += 1
            if start == nil { start = frame.timestamp }
            let figures = [
                frame.timestamp.nanoseconds, Int64(frame.linkType), Int64(frame.wireLength),
                Int64(frame.bytes.byteCount),
            ]
            for figure in figures { hash.update(data: Self.bytes(figure)) }
            let bytes = frame.bytes
            unsafe bytes.withUnsafeBytes { unsafe hash.update(bufferPointer: $0) }
        }

        private static func bytes(_ figure: Int64) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: figure >> (8 * $0)) }
        }

        var identity: CaptureIdentity {
            let digits = Array("0123456789abcdef")
            return CaptureIdentity(
                text: hash.finalize().prefix(8).reduce(into: "") { text, byte in
                    text.append(digits[Int(byte >> 4)])
                    text.append(digits[Int(byte & 15)])
                }
            )
        }
    }

    package let text: String

    package var description: String { text }

    private init(text: String) {
        self.text = text
    }
}
