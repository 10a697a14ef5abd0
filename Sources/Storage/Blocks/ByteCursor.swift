// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// A place in stored bytes, and the end it must not pass.
package struct ByteCursor {
    private let bytes: [UInt8]
    package private(set) var position: Int
    private let end: Int

    /// A cursor over everything from an offset on.
    package init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        self.position = min(max(start, 0), bytes.count)
        self.end = bytes.count
    }

    /// `start` and `end` lie within `bytes`: `section` checked them.
    private init(bytes: [UInt8], start: Int, end: Int) {
        self.bytes = bytes
        self.position = start
        self.end = end
    }

    /// How many bytes are left.
    package var remaining: Int { end - position }

    /// Reads one byte.
    package mutating func byte() throws(BlockError) -> UInt8 {
        guard position < end else { throw .truncated(offset: position) }
        defer { position += 1 }
        return bytes[position]
    }

    /// Steps over a byte, if it is this one.
    ///
    /// - Returns: Whether it is.
    mutating func skip(byte: UInt8) throws(BlockError) -> Bool {
        guard position < end else { throw .truncated(offset: position) }
        guard bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Reads an unsigned LEB128 number of at most ten bytes.
    package mutating func varint() throws(BlockError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end {
            let byte = bytes[position]
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { throw .malformed(offset: position) }
            position += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw .truncated(offset: position)
    }

    /// Reads a zigzag coded number.
    package mutating func signed() throws(BlockError) -> Int64 {
        let value = try varint()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    /// Reads a number of things that take at least one byte each of what is left, so that no
    /// count allocates more than the bytes can fill.
    package mutating func count() throws(BlockError) -> Int {
        let offset = position
        let value = try varint()
        guard value <= UInt64(remaining) else { throw .malformed(offset: offset) }
        return Int(value)
    }

    /// Steps over a length-prefixed section and gives a cursor that cannot leave it.
    package mutating func section() throws(BlockError) -> ByteCursor {
        try section(length: count())
    }

    /// Steps over so many bytes and gives a cursor that cannot leave them.
    package mutating func section(length: Int) throws(BlockError) -> ByteCursor {
        guard length >= 0, length <= remaining else { throw .truncated(offset: position) }
        defer { position += length }
        return ByteCursor(bytes: bytes, start: position, end: position + length)
    }

    /// Steps over all that is left.
    ///
    /// - Returns: The bytes that the cursor is of, and where what it stepped over ends in them.
    mutating func rest() -> (bytes: [UInt8], end: Int) {
        position = end
        return (bytes, end)
    }

    /// Reads text of so many bytes.
    package mutating func utf8(length: UInt64) throws(BlockError) -> String {
        let offset = position
        guard length <= UInt64(remaining) else { throw .truncated(offset: offset) }
        position += Int(length)
        guard let text = String(validating: bytes[offset..<position], as: UTF8.self) else {
            throw .malformed(offset: offset)
        }
        return text
    }

    /// Requires that everything was read: bytes nobody reads are a sign of damage.
    package func finish() throws(BlockError) {
        guard position == end else { throw .malformed(offset: position) }
    }
}
