// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The header of a request, which begins with its size.
struct KafkaRequestHead {
    let key: Int
    let version: Int
    let correlation: UInt32
    let isFlexible: Bool
    /// The name of the client; `nil` where not all of it is known.
    let clientID: Range<Int>?
    /// Where the fields of the API begin; `nil` where that is not known.
    let body: Int?

    /// Reads a header of which at least the correlation id is there.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount >= 12 else { return nil }
        key = Int(bytes.bigEndian(Int16.self, at: 4))
        version = Int(bytes.bigEndian(Int16.self, at: 6))
        correlation = bytes.bigEndian(UInt32.self, at: 8)
        guard KafkaAPI.isPlausible(key: key, version: version), let api = KafkaAPI.known(key) else {
            return nil
        }
        isFlexible = api.isFlexible(version)
        var cursor = KafkaCursor(at: 12)
        if key == KafkaAPI.controlledShutdown, version == 0 {
            clientID = 12..<12
        } else {
            let range = cursor.text(in: bytes, isFlexible: false)
            clientID = cursor.isShort ? nil : range
            if isFlexible { cursor.skipTags(in: bytes) }
        }
        body = cursor.isShort ? nil : cursor.offset
    }
}
