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
        try expect(UInt8(ascii: "\""))
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\\") else { throw Unusual() }
            position += 1
        }
        guard let text = String(validating: bytes[start..<position], as: UTF8.self) else { throw Unusual() }
        try expect(UInt8(ascii: "\""))
        return text
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
}
