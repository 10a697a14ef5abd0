// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// Why stored bytes could not be read, or a value could not be stored.
///
/// Payloads are plain integers: bytes from a damaged file are never carried along.
package enum BlockError: Error, Equatable, Sendable {
    /// The bytes do not begin with the expected magic.
    case notABlock
    /// Written by a newer build.
    case unknownVersion(UInt8)
    /// The bytes changed since they were written.
    case checksumMismatch
    /// A value runs past the end of its section.
    case truncated(offset: Int)
    /// A value is out of its range or its order.
    case malformed(offset: Int)
    /// A dictionary has no such id.
    case unknownID(UInt64)
    /// Longer than `BlockFormat.maximumBytes`.
    case tooLarge(bytes: Int)
    /// The writer was handed a row that the format cannot hold.
    case unstorable(Unstorable)

    /// What a writer refuses.
    package enum Unstorable: Equatable, Sendable {
        /// Edge ids must be positive and strictly increasing.
        case edgeOrder
        /// A string without an id.
        case string
        /// A histogram whose buckets do not add up to its count.
        case histogram
        /// A first active window after the last.
        case activity
    }
}

extension BlockError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notABlock: "not a block"
        case .unknownVersion(let version): "block version \(version) is unknown"
        case .checksumMismatch: "checksum does not match"
        case .truncated(let offset): "ends early at byte \(offset)"
        case .malformed(let offset): "makes no sense at byte \(offset)"
        case .unknownID(let id): "refers to id \(id), which no dictionary has"
        case .tooLarge(let bytes): "\(bytes) bytes are more than a block may have"
        case .unstorable(.edgeOrder): "edge ids are not increasing"
        case .unstorable(.string): "a string has no id"
        case .unstorable(.histogram): "the buckets of a histogram do not add up"
        case .unstorable(.activity): "an edge is active after its last window"
        }
    }
}
