// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bytes being written: varints and length-prefixed sections.
package struct ByteWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    mutating func reserve(bytes count: Int) { bytes.reserveCapacity(count) }

    /// Begins anew, in the room that is there.
    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Appends one byte.
    package mutating func append(byte: UInt8) { bytes.append(byte) }

    /// Appends an unsigned LEB128 number: seven bits to a byte, least significant first.
    package mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a signed number as a varint, zigzag coded: 0, -1, 1, -2 become 0, 1, 2, 3.
    package mutating func append(signed value: Int64) {
        append(varint: UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    /// Appends the low bytes of a number, least significant first.
    mutating func append(word: UInt64, bytes count: Int) {
        for index in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: word &>> UInt64(truncatingIfNeeded: 8 * index)))
        }
    }

    /// Appends numbers that lie in memory as they shall be written.
    mutating func append(words: [UInt64]) {
        // Sound: any number is eight bytes, and nobody keeps the pointer.
        unsafe words.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends text without its length.
    package mutating func append(utf8 text: String) { bytes += text.utf8 }

    /// Appends what another writer holds, after its length.
    package mutating func append(section: ByteWriter) {
        append(varint: UInt64(section.bytes.count))
        bytes += section.bytes
    }

    /// Appends what another writer holds.
    package mutating func append(contentsOf other: ByteWriter) { bytes += other.bytes }
}
