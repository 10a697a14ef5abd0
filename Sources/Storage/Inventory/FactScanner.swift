// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

import FlowModel
import Graph

/// Steps through the JSON of a fact as `StoredFact` writes it: no spaces, and text that needs no escapes.
///
/// A store holds every pod there ever was, all of which are read before its first graph. Whatever is written in
/// another way is left to `JSONDecoder`.
struct FactScanner {
    /// Something that `JSONDecoder` must look at.
    struct Unusual: Error {}

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Requires that everything was read.
    func finish() throws(Unusual) {
        guard position == bytes.count else { throw Unusual() }
    }

    // MARK: - Objects and lists

    /// Steps over the next key of an object.
    ///
    /// - Parameter isFirst: `true` before the brace that opens the object.
    /// - Returns: The key; `nil` behind the brace that closes it.
    /// - Throws: `Unusual`.
    mutating func key(_ isFirst: inout Bool) throws(Unusual) -> String? {
        guard try item(&isFirst, UInt8(ascii: "{"), UInt8(ascii: "}")) else { return nil }
        let key = try text()
        try expect(UInt8(ascii: ":"))
        return key
    }

    /// Reads a list.
    mutating func list<T>(
        _ element: (inout FactScanner) throws(Unusual) -> T
    ) throws(Unusual) -> [T] {
        var elements: [T] = []
        var isFirst = true
        while try item(&isFirst, UInt8(ascii: "["), UInt8(ascii: "]")) { elements.append(try element(&self)) }
        return elements
    }

    private mutating func item(
        _ isFirst: inout Bool,
        _ opening: UInt8,
        _ closing: UInt8
    ) throws(Unusual) -> Bool {
        if isFirst { try expect(opening) }
        guard position < bytes.count else { throw Unusual() }
        if bytes[position] == closing {
            position += 1
            return false
        }
        if !isFirst { try expect(UInt8(ascii: ",")) }
        isFirst = false
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(Unusual) {
        guard position < bytes.count, bytes[position] == byte else { throw Unusual() }
        position += 1
    }

    // MARK: - Values

    mutating func text() throws(Unusual) -> String {
        let range = try textRange()
        let text = unsafe bytes.withUnsafeBufferPointer { bytes in
            // Within the bytes, as `textRange` found it.
            unsafe String(checked: UnsafeBufferPointer(rebasing: bytes[range]))
        }
        guard let text else { throw Unusual() }
        return text
    }

    /// Steps over text, and tells where it is between its quotes.
    mutating func textRange() throws(Unusual) -> Range<Int> {
        try expect(UInt8(ascii: "\""))
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\\") else { throw Unusual() }
            position += 1
        }
        let end = position
        try expect(UInt8(ascii: "\""))
        return start..<end
    }

    mutating func number<Number: FixedWidthInteger>() throws(Unusual) -> Number {
        var value: Number = 0
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            let (scaled, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = scaled.addingReportingOverflow(Number(bytes[position] - UInt8(ascii: "0")))
            guard !overflow, !carry else { throw Unusual() }
            value = sum
            position += 1
        }
        guard position > start else { throw Unusual() }
        return value
    }

    mutating func truth() throws(Unusual) -> Bool {
        let isTrue = position < bytes.count && bytes[position] == UInt8(ascii: "t")
        for byte in (isTrue ? "true" : "false").utf8 { try expect(byte) }
        return isTrue
    }

    mutating func address() throws(Unusual) -> IPAddress {
        let start = position
        if let address = try plainAddress() { return address }
        position = start
        guard let address = IPAddress(try text()) else { throw Unusual() }
        return address
    }

    mutating func instant() throws(Unusual) -> Timestamp {
        guard let instant = Timestamp(rfc3339: try text()) else { throw Unusual() }
        return instant
    }

    mutating func labels() throws(Unusual) -> Labels {
        var labels: Labels = [:]
        var isFirst = true
        while let key = try key(&isFirst) { labels[key] = try text() }
        return labels
    }

    /// Reads an IPv4 address as nearly all are written; `nil` where it is another address, or none.
    private mutating func plainAddress() throws(Unusual) -> IPAddress? {
        try expect(UInt8(ascii: "\""))
        var bits: UInt32 = 0
        for part in 0..<4 {
            if part > 0 {
                guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { return nil }
                position += 1
            }
            let start = position
            var value: UInt32 = 0
            while position < bytes.count, position < start + 3,
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position])
            {
                value = value * 10 + UInt32(bytes[position] - UInt8(ascii: "0"))
                position += 1
            }
            let hasLeadingZero = position > start + 1 && bytes[start] == UInt8(ascii: "0")
            guard position > start, value <= 255, !hasLeadingZero else { return nil }
            bits = bits << 8 | value
        }
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { return nil }
        position += 1
        return IPAddress(v4: bits)
    }

    // MARK: - Looking without reading

    /// Steps over the next key of an object and tells where it is; `nil` behind the object.
    mutating func keyRange(_ isFirst: inout Bool) throws(Unusual) -> Range<Int>? {
        guard try item(&isFirst, UInt8(ascii: "{"), UInt8(ascii: "}")) else { return nil }
        let range = try textRange()
        try expect(UInt8(ascii: ":"))
        return range
    }

    /// Whether some of the bytes are these.
    func has(_ range: Range<Int>, _ expected: [UInt8]) -> Bool {
        guard range.count == expected.count else { return false }
        for index in expected.indices where bytes[range.lowerBound + index] != expected[index] {
            return false
        }
        return true
    }

    /// Steps over a value of any kind.
    ///
    /// - Parameter key: A key to look for in it.
    /// - Returns: Whether it has that key.
    /// - Throws: `Unusual`.
    mutating func skip(lookingFor key: [UInt8] = []) throws(Unusual) -> Bool {
        var (depth, hasKey) = (0, false)
        repeat {
            guard position < bytes.count else { throw Unusual() }
            switch bytes[position] {
            case UInt8(ascii: "\""): hasKey = has(try textRange(), key) || hasKey
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw Unusual() }
                position += 1
            case let byte where Self.isWord(byte): position += 1
            default: throw Unusual()
            }
            // A number or a word ends where something else begins.
        } while depth > 0 || isInWord
        guard depth == 0 else { throw Unusual() }
        return hasKey
    }

    private var isInWord: Bool {
        guard position < bytes.count, position > 0 else { return false }
        return Self.isWord(bytes[position]) && Self.isWord(bytes[position - 1])
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
