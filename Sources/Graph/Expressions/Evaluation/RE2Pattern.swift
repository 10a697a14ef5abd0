// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import CRE2

/// A compiled pattern of `matches`: RE2, whose time is linear in the text whatever the pattern.
@safe final class RE2Pattern: Sendable {
    private static let errorCapacity = 256

    /// Bytes of the pattern, which is what a match costs for each byte of text at worst.
    let length: Int
    // Sound: RE2 locks what a match changes in a pattern, and nothing else writes to it until it is
    // freed with the last reference.
    private nonisolated(unsafe) let handle: OpaquePointer

    /// Compiles a pattern.
    ///
    /// - Throws: `RE2PatternError` where it is none, or larger than allowed.
    init(_ pattern: String) throws(RE2PatternError) {
        length = pattern.utf8.count
        guard length <= ExpressionLimits.maximumPatternBytes else { throw RE2PatternError(kind: .tooLong) }
        var pattern = pattern
        var message = [CChar](repeating: 0, count: Self.errorCapacity)
        let compiled = pattern.withUTF8 { bytes in
            // Sound: the lengths are those of the buffers, and the shim ends the message in its buffer.
            unsafe message.withUnsafeMutableBufferPointer { buffer in
                unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                    unsafe cre2_compile(
                        characters.baseAddress,
                        characters.count,
                        Int64(ExpressionLimits.maximumPatternMemory),
                        buffer.baseAddress,
                        buffer.count
                    )
                }
            }
        }
        guard let compiled = unsafe compiled else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw RE2PatternError(kind: .malformed(String(decoding: text, as: UTF8.self)))
        }
        unsafe handle = compiled
    }

    deinit {
        unsafe cre2_free(handle)
    }

    /// Whether some part of the text matches.
    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            // Sound: the shim reads that many bytes and keeps nothing of them.
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                unsafe cre2_matches(handle, characters.baseAddress, characters.count)
            }
        }
    }
}

/// Why a pattern cannot be used.
struct RE2PatternError: Error {
    enum Kind {
        case tooLong
        /// In the words of RE2.
        case malformed(String)
    }

    let kind: Kind
}
