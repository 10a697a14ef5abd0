// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bits being written, least significant first.
///
/// ```text
/// Rice code of v, parameter k:   v >> k zeros, a one, then the k low bits of v
/// where v >> k is 24 or more:    24 zeros, then all 64 bits of v
/// ```
struct BitWriter {
    /// Longer runs of zeros are not written: the whole number is.
    static let longestRun: UInt64 = 24

    /// Least significant byte first, whatever the machine.
    private var words: [UInt64] = []
    /// The bits of the word that is not full yet.
    private var pending: UInt64 = 0
    private var used = 0

    mutating func reserve(bytes: Int) { words.reserveCapacity(bytes / 8) }

    /// Appends the low bits of a number, which has no others.
    @inline(__always)
    mutating func append(_ value: UInt64, bits: Int) {
        pending |= value &<< UInt64(truncatingIfNeeded: used)
        used &+= bits
        guard used >= 64 else { return }
        words.append(pending.littleEndian)
        used &-= 64
        pending = used == 0 ? 0 : value &>> UInt64(truncatingIfNeeded: bits &- used)
    }

    /// Appends the Rice code of a number.
    mutating func append(rice value: UInt64, _ parameter: Int) {
        let width = UInt64(truncatingIfNeeded: parameter)
        let run = value &>> width
        guard run < Self.longestRun else {
            append(0, bits: Int(Self.longestRun))
            return append(value, bits: 64)
        }
        let low = value & (1 &<< width &- 1)
        guard parameter < 32 else {
            append(1 &<< run, bits: Int(run) + 1)
            return append(low, bits: parameter)
        }
        // Both fit a word: at most 24 and 31 bits.
        append(1 &<< run | low &<< (run &+ 1), bits: Int(truncatingIfNeeded: run) &+ 1 &+ parameter)
    }

    /// Hands over what was written, filled up to whole bytes, and begins anew.
    mutating func flush(to writer: inout ByteWriter) {
        writer.append(words: words)
        writer.append(word: pending, bytes: (used + 7) / 8)
        words.removeAll(keepingCapacity: true)
        (pending, used) = (0, 0)
    }

    /// How many bytes `flush` will append.
    var byteCount: Int { words.count * 8 + (used + 7) / 8 }
}
