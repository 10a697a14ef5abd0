// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// An element of a BSON document (bsonspec.org, version 1.1).
struct BSONElement: BitwiseCopyable {
    /// What may be told of a value without showing it.
    enum Kind: UInt8, BitwiseCopyable {
        case double = 0x01
        case string = 0x02
        case document = 0x03
        case array = 0x04
        case boolean = 0x08
        case int32 = 0x10
        case int64 = 0x12
        /// All others.
        case other = 0
    }

    let kind: Kind
    /// Where the name begins and ends.
    let nameStart: Int
    let nameEnd: Int
    let valueStart: Int
    /// Where the next element begins, which may be beyond what there is.
    let end: Int

    /// Reads the element at an offset; `nil` at the end of the document, of what there is, and where
    /// there is none.
    init?(_ bytes: RawSpan, at offset: Int) {
        let type = bytes.octet(at: offset)
        guard type != 0 else { return nil }
        nameStart = offset + 1
        var name = nameStart
        while name < bytes.byteCount, bytes.octet(at: name) != 0 { name += 1 }
        guard name < bytes.byteCount else { return nil }
        nameEnd = name
        valueStart = name + 1
        kind = Kind(rawValue: type) ?? .other
        guard let size = Self.size(of: type, bytes, at: valueStart) else { return nil }
        end = valueStart + size
    }

    /// Bytes of a value; `nil` where they are not known.
    private static func size(of type: UInt8, _ bytes: RawSpan, at start: Int) -> Int? {
        func counted(_ extra: Int) -> Int? {
            guard start + 4 <= bytes.byteCount else { return nil }
            let count = Int(bytes.littleEndian(UInt32.self, at: start))
            return count <= MongoDBLimits.message ? count + extra : nil
        }
        switch type {
        case 0x01, 0x09, 0x11, 0x12: return 8
        case 0x02, 0x0D, 0x0E: return counted(4)
        case 0x03, 0x04, 0x0F: return counted(0)
        case 0x05: return counted(5)
        case 0x06, 0x0A, 0x7F, 0xFF: return 0
        case 0x07: return 12
        case 0x08: return 1
        case 0x0B:
            // A regular expression is two strings.
            var end = start
            for _ in 0..<2 {
                while end < bytes.byteCount, bytes.octet(at: end) != 0 { end += 1 }
                end += 1
            }
            return end - start
        case 0x0C: return counted(16)
        case 0x10: return 4
        case 0x13: return 16
        default: return nil
        }
    }

    func isNamed(_ name: StaticString, _ bytes: RawSpan) -> Bool {
        bytes.clamped(nameStart, nameEnd).equals(name)
    }

    /// The value as a number, where it is one or a truth value.
    func number(_ bytes: RawSpan) -> Int64? {
        guard end <= bytes.byteCount else { return nil }
        switch kind {
        case .int32: return Int64(Int32(bitPattern: bytes.littleEndian(UInt32.self, at: valueStart)))
        case .int64: return Int64(bitPattern: bytes.littleEndian(UInt64.self, at: valueStart))
        case .boolean: return Int64(bytes.octet(at: valueStart))
        case .double:
            let value = Double(bitPattern: bytes.littleEndian(UInt64.self, at: valueStart))
            return Int64(exactly: value.rounded(.towardZero))
        default: return nil
        }
    }

    /// The text of a string value, as far as it is there.
    @_lifetime(copy bytes)
    func string(_ bytes: RawSpan) -> RawSpan {
        guard kind == .string else { return RawSpan() }
        return bytes.clamped(valueStart + 4, end - 1)
    }

    /// The first byte of the elements of a document or array.
    var content: Int { valueStart + 4 }
}
