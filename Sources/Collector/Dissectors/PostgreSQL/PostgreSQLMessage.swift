// SPDX-License-Identifier: Apache-2.0
// Part of svcmap.

/// The beginning of a message of protocol 3.0 (PostgreSQL documentation, "Message Formats").
///
/// ```text
/// typed      type (1)   length without type (4)   ...
/// untyped    length (4)   code (4)   ...                  the first packets of a client
/// ```
struct PostgreSQLMessage: BitwiseCopyable {
    /// What an untyped packet asks for.
    enum Startup: UInt32, BitwiseCopyable {
        case cancel = 80_877_102
        case encryptTLS = 80_877_103
        case encryptGSS = 80_877_104
    }

    /// The type; 0 for an untyped packet.
    let type: UInt8
    /// Bytes of all of it.
    let length: Int
    /// The code of an untyped packet.
    let code: UInt32

    var startup: Startup? { Startup(rawValue: code) }

    enum Reading {
        case message(PostgreSQLMessage)
        case needsMore(Int)
        case invalid
    }

    /// Reads the beginning of a message.
    static func read(_ bytes: RawSpan, from side: StreamSide) -> Reading {
        let type = bytes.octet(at: 0)
        if type == 0, side == .client {
            guard bytes.byteCount >= 8 else { return .needsMore(8) }
            let length = Int(bytes.bigEndian(UInt32.self, at: 0))
            let code = bytes.bigEndian(UInt32.self, at: 4)
            let isKnown = code >> 16 == 3 || Startup(rawValue: code) != nil
            guard isKnown, (8...PostgreSQLLimits.startup).contains(length) else { return .invalid }
            return .message(PostgreSQLMessage(type: 0, length: length, code: code))
        }
        guard isKnown(type, from: side) else { return .invalid }
        guard bytes.byteCount >= 5 else { return .needsMore(5) }
        let length = Int(bytes.bigEndian(UInt32.self, at: 1))
        guard (4...PostgreSQLLimits.message).contains(length) else { return .invalid }
        return .message(PostgreSQLMessage(type: type, length: length + 1, code: 0))
    }

    /// Whether a side sends messages of a type.
    static func isKnown(_ type: UInt8, from side: StreamSide) -> Bool {
        switch (type, side) {
        // Q P B E D C H S F, COPY's d c f, p, X
        case (0x51, .client), (0x50, .client), (0x42, .client), (0x46, .client), (0x66, .client),
            (0x70, .client), (0x58, .client):
            true
        case (0x45, _), (0x44, _), (0x43, _), (0x48, _), (0x53, _), (0x64, _), (0x63, _): true
        // R K Z T I N A 1 2 3 n s t G W V v
        case (0x52, .server), (0x4B, .server), (0x5A, .server), (0x54, .server), (0x49, .server),
            (0x4E, .server), (0x41, .server), (0x31, .server), (0x32, .server), (0x33, .server),
            (0x6E, .server), (0x73, .server), (0x74, .server), (0x47, .server), (0x57, .server),
            (0x56, .server), (0x76, .server):
            true
        default: false
        }
    }

    /// The bytes of a string that ends with 0, or with what there is.
    @_lifetime(copy bytes)
    static func string(_ bytes: RawSpan, at start: Int) -> RawSpan {
        var end = start
        while end < bytes.byteCount, bytes.octet(at: end) != 0 { end += 1 }
        return bytes.clamped(start, end)
    }
}
