// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The header of a message (MongoDB manual, "Wire Protocol"), little-endian.
///
/// ```text
/// length (4)   number (4)   answers number (4)   kind (4)
/// ```
struct MongoDBHeader: BitwiseCopyable {
    enum Kind: UInt32, BitwiseCopyable {
        case reply = 1
        case update = 2_001
        case insert = 2_002
        case query = 2_004
        case getMore = 2_005
        case delete = 2_006
        case killCursors = 2_007
        case compressed = 2_012
        case message = 2_013
    }

    static let byteCount = 16

    let length: Int
    let number: UInt32
    let answered: UInt32
    let kind: Kind

    /// Reads a header; `nil` where it is none.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= Self.byteCount,
            let kind = Kind(rawValue: bytes.littleEndian(UInt32.self, at: 12))
        else { return nil }
        length = Int(bytes.littleEndian(UInt32.self, at: 0))
        number = bytes.littleEndian(UInt32.self, at: 4)
        answered = bytes.littleEndian(UInt32.self, at: 8)
        self.kind = kind
        guard (Self.byteCount + 4...MongoDBLimits.message).contains(length) else { return nil }
    }

    /// Who sends such a message, as far as its header tells.
    var sender: StreamSide {
        switch kind {
        case .reply: .server
        case .message, .compressed: answered == 0 || answered == .max ? .client : .server
        default: .client
        }
    }
}
