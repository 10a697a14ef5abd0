// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Bytes of binary messages, written down as the parts they are made of.
func bytes(_ parts: [any BinaryPart]) -> [UInt8] { parts.flatMap(\.bytes) }

/// A big-endian integer, or text as it is.
protocol BinaryPart {
    var bytes: [UInt8] { get }
}

extension FixedWidthInteger where Self: BinaryPart {
    var bytes: [UInt8] {
        (0..<Self.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: self >> Self($0 * 8)) }
    }
}

extension UInt8: BinaryPart {}
extension UInt16: BinaryPart {}
extension UInt32: BinaryPart {}
extension UInt64: BinaryPart {}
extension Int32: BinaryPart {}
extension Int16: BinaryPart {}
extension String: BinaryPart {
    var bytes: [UInt8] { Array(utf8) }
}
extension [UInt8]: BinaryPart {
    var bytes: [UInt8] { self }
}

/// Bytes with their number in front, in four bytes.
func counted(_ bytes: [UInt8]) -> [UInt8] { UInt32(bytes.count).bytes + bytes }
