// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Entity tags made from content, and the lists of them that clients send.
///
/// A tag is valid for the life of the process: it is a keyed hash with a key drawn at start,
/// so traffic cannot be crafted to make two different maps share one.
///
/// - SeeAlso: RFC 9110 sections 8.8.3 and 13.1.2.
package enum EntityTag {
    /// The strong tag of some bytes, quotes included.
    package static func strong(of bytes: [UInt8]) -> String {
        let halves = (0..<2).map { half in
            var hasher = Hasher()
            hasher.combine(half)
            // Sound: read within the call. The bytes one by one would take ten times as long.
            unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
            return String(UInt(bitPattern: hasher.finalize()), radix: 36)
        }
        return "\"\(halves.joined(separator: "-"))\""
    }

    /// Whether an `If-None-Match` value names a tag, compared weakly, or is `*`.
    package static func list(_ value: String, contains tag: String) -> Bool {
        value.split(separator: ",").contains { part in
            var candidate = part.trimmingPrefix { $0 == " " || $0 == "\t" }
            while candidate.last == " " || candidate.last == "\t" { candidate.removeLast() }
            if candidate == "*" { return true }
            if candidate.hasPrefix("W/") { candidate.removeFirst(2) }
            return candidate == tag
        }
    }
}
